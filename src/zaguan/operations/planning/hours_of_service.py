"""Limits of the law on a driver's day, by jurisdiction. Only limits that the named law states are here.

The sources stand in docs/guides/fleet-file.md. A limit on hours at work is kept as a limit from the first act to
the last, breaks included, which is a little stricter than the law where breaks are not working time.
"""

from typing import Final

from zaguan.records.drivers.model import HoursOfService

HOUR_S: Final = 3600

PROFILES: Final[dict[str, HoursOfService]] = {
    profile.name: profile
    for profile in (
        HoursOfService(name="none"),
        # Código del Trabajo, art. 28 and 31: ten ordinary hours and two extra
        HoursOfService(name="chile", max_duty_s=12 * HOUR_S),
        # Código del Trabajo, art. 25 bis: five hours at the wheel, then two of rest; eight of rest in twenty-four
        HoursOfService(
            name="chile-interurban",
            max_duty_s=16 * HOUR_S,
            max_driving_without_rest_s=5 * HOUR_S,
            rest_s=2 * HOUR_S,
        ),
        # NOM-087-SCT-2-2017: five hours at the wheel, then thirty minutes; fourteen hours in twenty-four
        HoursOfService(
            name="mexico",
            max_driving_s=14 * HOUR_S,
            max_driving_without_rest_s=5 * HOUR_S,
            rest_s=HOUR_S // 2,
        ),
        # Lei 13.103/2015 (CTB art. 67-C, CLT art. 235-C): 5 h 30 at the wheel, thirty minutes of rest; eight
        # hours of work and two extra; eleven of rest in twenty-four
        HoursOfService(
            name="brazil",
            max_driving_s=10 * HOUR_S,
            max_duty_s=13 * HOUR_S,
            max_driving_without_rest_s=5 * HOUR_S + HOUR_S // 2,
            rest_s=HOUR_S // 2,
        ),
        # Código Sustantivo del Trabajo, art. 161 and 167A: nine ordinary hours at most and two extra
        HoursOfService(name="colombia", max_duty_s=11 * HOUR_S),
        # Regulation (EC) 561/2006, art. 6 to 8: nine hours at the wheel, 45 minutes after 4 h 30, eleven of rest
        HoursOfService(
            name="eu",
            max_driving_s=9 * HOUR_S,
            max_duty_s=13 * HOUR_S,
            max_driving_without_rest_s=4 * HOUR_S + HOUR_S // 2,
            rest_s=45 * 60,
        ),
        # 49 CFR 395.3: eleven hours at the wheel within fourteen on duty, thirty minutes after eight
        HoursOfService(
            name="usa",
            max_driving_s=11 * HOUR_S,
            max_duty_s=14 * HOUR_S,
            max_driving_without_rest_s=8 * HOUR_S,
            rest_s=HOUR_S // 2,
        ),
    )
}
