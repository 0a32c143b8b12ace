"""An invented election in Pabulib's format, the same every time: never real ballots."""

import random
from datetime import date

PROJECTS = (
    ("Archivo de radios comunitarias", 9_200),
    ("Fotografía de mercados del altiplano", 4_100),
    ("Talleres de edición en quechua", 6_800),
    ("Mapa de humedales del Paraná", 5_300),
    ("Biblioteca digital de cordel", 7_400),
    ("Relatos orales de pescadoras del Pacífico", 3_900),
    ("Encuentro de editoras de Centroamérica", 11_500),
    ("Escáner para archivos parroquiales", 2_600),
    ("Diccionario hablado de lengua wichí", 8_300),
    ("Campaña contra el cierre de archivos", 5_900),
    ("Laboratorio de datos abiertos en Asunción", 7_000),
    ("Historia de las cooperativas del café", 4_700),
    ("Mujeres en la ciencia caribeña", 6_100),
    ("Cartografía sonora de Salvador", 3_300),
    ("Formación de tesoreras comunitarias", 2_900),
    ("Digitalización de prensa afroperuana", 8_900),
    ("Wikipedia en las escuelas rurales", 9_800),
    ("Semana de la memoria en Guatemala", 4_400),
    ("Traducción de artículos de salud al aimara", 5_600),
    ("Cámaras para reporteras jóvenes", 3_700),
    ("Rutas del cacao: guía libre", 2_100),
    ("Archivo visual de carnavales", 6_600),
    ("Red de mentoras de primer año", 5_000),
    ("Observatorio de derechos de autor", 7_700),
)
BUDGET = 60_000
VOTERS = 640
SEED = 2026


def election_file(begins: date = date(2025, 10, 1), ends: date = date(2025, 10, 31)) -> bytes:
    """Voters of four leanings, each marking a few projects; popularity falls off as in real elections."""
    choose = random.Random(SEED)  # noqa: S311 - invented ballots, to be the same every time
    codes = [str(number) for number in range(1, len(PROJECTS) + 1)]
    leanings = [choose.sample(codes, 9) for _ in range(4)]
    rows = []
    for voter in range(1, VOTERS + 1):
        liked = leanings[choose.choices(range(4), weights=(40, 30, 20, 10))[0]]
        weights = [1 / (place + 1) for place in range(len(liked))]
        wanted = set(choose.choices(liked, weights, k=choose.randint(1, 6)))
        if choose.random() < 0.15:
            wanted.add(choose.choice(codes))
        rows.append(f"{voter};{','.join(sorted(wanted, key=int))}")
    meta = {
        "description": f"Presupuesto participativo {ends.year}",
        "country": "Latin America",
        "unit": "LAC",
        "instance": str(ends.year),
        "num_projects": len(PROJECTS),
        "num_votes": VOTERS,
        "budget": BUDGET,
        "vote_type": "approval",
        "rule": "equalshares",
        "date_begin": begins.isoformat(),
        "date_end": ends.isoformat(),
        "language": "es",
        "currency": "USD",
    }
    lines = ["META", "key;value", *(f"{key};{value}" for key, value in meta.items())]
    lines += ["PROJECTS", "project_id;cost;name"]
    lines += [f"{code};{cost};{name}" for code, (name, cost) in zip(codes, PROJECTS, strict=True)]
    lines += ["VOTES", "voter_id;vote", *rows, ""]
    return "\n".join(lines).encode()
