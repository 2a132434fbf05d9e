"""The places at which a temperature is measured, by the concept that names each."""

from followup_service.protocol.findings import MeasurementSite

SITES = {
    "armpit": MeasurementSite.ARMPIT,
    "oral": MeasurementSite.MOUTH,
    "ear": MeasurementSite.EAR,
    "forehead": MeasurementSite.FOREHEAD,
    "rectum": MeasurementSite.RECTUM,
}
