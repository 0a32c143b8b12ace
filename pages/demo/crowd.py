"""The three thousand members nobody plays: invented, the same every time."""

import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from members.languages import INTERFACE_LANGUAGES, is_language, languages_of
from members.models import Member
from pages.demo.hubs import COUNTRIES

SEED = 2026
# How many live in each region; North America has fewer than ten, so that its cells are suppressed.
CROWD = {
    "ssa": 520, "lac": 880, "nwe": 470, "mena": 320, "sa": 330, "eseap": 290, "ceeca": 182, "na": 8,
}  # fmt: skip
NAMES = {
    "ssa": "Achieng Adaeze Amadou Awa Bongani Chidi Fatou Habiba Juma Kagiso Kofi Lindiwe Makena Nala Neema Ngozi Nia Oumar Rehema Sipho Tendai Temitope Yaw Zawadi Zola",
    "lac": "Alejandra Andrés Ayelén Camila Diego Emiliano Esperanza Gabriela Ignacio Inés Jacinta Jean Joaquim Juana Luana Mateo Mayra Nayeli Paulo Renata Rodrigo Soledad Tupac Valentina Ximena",
    "nwe": "Aoife Bram Carys Chiara Dirk Emma Freja Giulia Hanna Iker Jonas Katrín Lena Liam Marta Nils Oona Pilar Rasmus Sofie Théo Tiago Ulla Vera Yann",
    "mena": "Abbas Amal Ayoub Dalia Farah Hassan Ilham Jamila Khalid Laila Leyla Mahmoud Maryam Mona Nadir Nour Omar Rania Reza Samir Sara Tariq Widad Yasmin Zahra",
    "sa": "Aarti Anjali Arif Bhavna Dilshan Farzana Gopal Hari Ishaan Jaya Kabir Lakshmi Meera Nimal Parvati Rafiq Rashida Sanjay Shanta Sunita Tahmina Usha Vikram Yamuna Zainab",
    "eseap": "Agus Aroha Bayu Chaiya Dewi Haruka Hina Ji-woo Kahu Kenji Linh Maya Mei Minh Nurul Putri Rangi Rina Seo-yeon Siti Sopheap Thida Tui Wei Yuki",
    "ceeca": "Aigul Anna Bojan Dana Elene Farid Galina Ilir Iva Jasna Kasia Levan Marek Milica Nino Oksana Petra Radu Rustam Sanja Tamar Timur Vesna Yerlan Zuzana",
    "na": "Avery Denise Harper Jordan Marcus Nadine Rowan Skye",
}  # fmt: skip
_SPACE = uuid.UUID("5d9e1c1e-6f1b-4e0a-9a46-5b6f9f1d2026")


def crowd_id(hub: str, number: int) -> uuid.UUID:
    """The id of a member of the crowd: told by region and number, so that a seed gives the same people."""
    return uuid.uuid5(_SPACE, f"{hub}-{number}")


def make_crowd(now: datetime) -> int:
    """Store the crowd with confirmed addresses; returns how many."""
    choose = random.Random(SEED)  # noqa: S311 - invented people, to be the same every time
    members = [
        _member(choose, hub, number, now) for hub, size in CROWD.items() for number in range(size)
    ]
    Member.objects.bulk_create(members)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=member, email=member.email, verified=True, primary=True)
        for member in members
    )
    return len(members)


def translators_for(pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Member]:
    """For each hub and language someone of the crowd who reads it, at home in the hub if anyone is."""
    crowd = Member.objects.filter(email__regex=r"^[a-z]+-[0-9]{4}@demo\.invalid$").order_by("email")
    found: dict[tuple[str, str], Member] = {}
    for hub, language in pairs:
        known = crowd.filter(reads__overlap=[language, language.split("-")[0]])
        readers = [one for one in known if one not in found.values()]
        at_home = [one for one in readers if one.email.startswith(f"{hub}-")]
        found[(hub, language)] = (at_home or readers)[0]
    return found


def _member(choose: random.Random, hub: str, number: int, now: datetime) -> Member:
    country = choose.choice(COUNTRIES[hub].split())
    spoken = [code for code in languages_of(country)[:3] if is_language(code)] or ["en"]
    reads = spoken[: choose.randint(1, 2)]
    return Member(
        id=crowd_id(hub, number),
        email=f"{hub}-{number:04d}@demo.invalid",
        name=f"{choose.choice(NAMES[hub].split())} {choose.choice('ABCDEFGHIJKLMNOPRSTVWYZ')}.",
        password=make_password(None),
        home_country=country,
        interface_language=_interface(reads),
        reads=reads,
        writes=reads[0],
        joined_at=now - timedelta(days=choose.randint(200, 1500)),
    )


def _interface(reads: Sequence[str]) -> str:
    offered = [code for code in reads if code in INTERFACE_LANGUAGES]
    return offered[0] if offered else "en"
