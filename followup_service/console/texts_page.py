"""Every text of the study in a language, with its longest values, its size and on whose word it goes out."""

from typing import Any

from flask import render_template, request

from followup_service.console.blueprint import page
from followup_service.console.signed_in import access
from followup_service.console.words import TEXT_KINDS
from followup_service.messaging.approvals import sign_offs, words_hash
from followup_service.messaging.text_sizes import kind_of, sized_texts
from followup_service.staff.access import May


@page("/texts", May.READ_STUDY)
def texts() -> Any:
    study = access().study.protocol
    language = request.args.get("language", "")
    language = language if language in study.languages else study.languages[0]
    sized, fitting = list(sized_texts(study, (language,))), words_hash(language, study.code)
    return render_template(
        "texts.html",
        language=language,
        languages=[(code, code.replace("_", "-")) for code in study.languages],
        groups=[(name, [one for one in sized if kind_of(one.key) == kind]) for kind, name in TEXT_KINDS.items()],
        signed=[(one, one.words == fitting) for one in sign_offs(language, study.code)],
        too_long=[one for one in sized if not one.fits],
    )
