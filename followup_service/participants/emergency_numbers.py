"""The number to call in an emergency where a participant lives: abroad, that of the hospital's country leads nowhere."""

from babel.core import get_global

# The ambulance's number. Elsewhere 112: every mobile phone knows it as an emergency call, also without a card (3GPP TS 22.101).
ELSEWHERE = "112"
EMERGENCY_NUMBERS = {
    "AE": "998", "AR": "107", "AU": "000", "BD": "999", "BR": "192", "BY": "103", "CA": "911", "CL": "131", "CN": "120", "CO": "123",
    "CR": "911", "DO": "911", "EC": "911", "EG": "123", "GB": "999", "HK": "999", "JO": "911", "JP": "119", "KE": "999", "KR": "119",
    "KZ": "103", "MO": "999", "MX": "911", "MY": "999", "NP": "102", "NZ": "111", "PA": "911", "PE": "106", "PH": "911", "QA": "999",
    "RU": "103", "SA": "997", "SG": "995", "TH": "1669", "TN": "190", "TW": "119", "UA": "103", "US": "911", "UY": "911", "UZ": "103",
    "VE": "911", "VN": "115",
}  # fmt: skip


def emergency_number(country: str) -> str:
    """By the two letters of the country."""
    return EMERGENCY_NUMBERS.get(country, ELSEWHERE)


def emergency_number_at(timezone: str, site_country: str, site_number: str) -> str:
    """Where this time zone's clocks go. In the country of the hospital, and where the zone names none, it is what the team entered."""
    country = get_global("zone_territories").get(timezone)
    return site_number if country in (None, site_country) else emergency_number(country)
