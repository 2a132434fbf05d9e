"""The page that shows the API to people, from files of our own: nothing is loaded from elsewhere, and no script stands in the page."""

from flask import Blueprint, Response, render_template

docs = Blueprint("docs", __name__, url_prefix="/api/v1", template_folder="templates")

SWAGGER_UI = "vendor/swagger-ui-dist-5.35.0"
# The page's library sets style attributes and draws its arrows from data: addresses.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@docs.get("/docs")
def page() -> Response:
    response = Response(render_template("api_docs.html", swagger_ui=SWAGGER_UI))
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response
