"""The hours of a site and its working days: weekends and public holidays of its country, and the closed days of the study file."""

from datetime import date
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy.orm import Session

from followup_service.protocol.definitions import Study
from followup_service.protocol.paging_clock import LocalHours
from followup_service.staff.site import Site

SATURDAY = 5


def hours_of(session: Session, site_id: UUID, study: Study) -> LocalHours:
    site = session.get_one(Site, site_id)

    def is_working(day: date) -> bool:
        closed = (holiday for holiday in study.holidays if holiday.country == site.country and holiday.first_on <= day <= holiday.last_on)
        return is_working_day(site.country, day) and not any(closed)

    return LocalHours(ZoneInfo(site.timezone), study.contact_hours.opens, study.contact_hours.closes, is_working)


def is_working_day(country: str, day: date) -> bool:
    """By the public holidays of a country (two letters), Saturdays that make up for one included; Monday to Friday where unknown."""
    calendar = _calendar(country)
    return bool(calendar.is_working_day(day)) if calendar is not None else day.weekday() < SATURDAY


def holiday_name(country: str, day: date) -> str | None:
    """The public holiday of this day in this country, in the country's own words."""
    calendar = _calendar(country)
    return calendar.get(day) if calendar is not None else None


@cache
def _calendar(country: str) -> holidays.HolidayBase | None:
    return holidays.country_holidays(country) if country in holidays.list_supported_countries() else None
