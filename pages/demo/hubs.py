"""The hubs of the demo: eight regions without overlapping countries, three themes, their names."""

from hubs.models import HubKind

COUNTRIES = {
    "ceeca": "AL AM AZ BA BG BY CY CZ EE GE GR HR HU KG KZ LT LV MD ME MK PL RO RS RU SI SK TJ TM TR UA UZ XK",
    "eseap": "AS AU BN CK CN FJ FM GU HK ID JP KH KI KP KR LA MH MM MN MO MP MY NC NR NU NZ PF PG PH PW SB SG TH TK TL TO TV TW VN VU WF WS",
    "lac": "AG AI AR AW BB BL BO BQ BR BS BZ CL CO CR CU CW DM DO EC FK GD GF GP GT GY HN HT JM KN KY LC MF MQ MS MX NI PA PE PR PY SR SV SX TC TT UY VC VE VG VI",
    "mena": "AE BH DZ EG EH IL IQ IR JO KW LB LY MA MR OM PS QA SA SD SY TN YE",
    "na": "BM CA PM US",
    "nwe": "AD AT AX BE CH DE DK ES FI FO FR GB GG GI GL IE IM IS IT JE LI LU MC MT NL NO PT SE SJ SM VA",
    "sa": "AF BD BT IN LK MV NP PK",
    "ssa": "AO BF BI BJ BW CD CF CG CI CM CV DJ ER ET GA GH GM GN GQ GW KE KM LR LS MG ML MU MW MZ NA NE NG RE RW SC SH SL SN SO SS ST SZ TD TG TZ UG YT ZA ZM ZW",
}

KINDS = {
    **dict.fromkeys(COUNTRIES, HubKind.REGIONAL),
    **dict.fromkeys(("advocacy", "heritage", "technology"), HubKind.THEMATIC),
}

NAMES = {
    "ceeca": {
        "en": "Central and Eastern Europe and Central Asia", "es": "Europa Central y del Este y Asia Central",
        "fr": "Europe centrale et orientale et Asie centrale", "pt-br": "Europa Central e Oriental e Ásia Central",
        "ar": "وسط وشرق أوروبا وآسيا الوسطى", "hi": "मध्य और पूर्वी यूरोप तथा मध्य एशिया",
        "bn": "মধ্য ও পূর্ব ইউরোপ এবং মধ্য এশিয়া", "sw": "Ulaya ya Kati na Mashariki na Asia ya Kati",
        "id": "Eropa Tengah dan Timur serta Asia Tengah", "da": "Central- og Østeuropa og Centralasien",
        "zh-hans": "中东欧和中亚", "ru": "Центральная и Восточная Европа и Центральная Азия",
    },
    "eseap": {
        "en": "East and Southeast Asia and the Pacific", "es": "Asia Oriental, Sudeste Asiático y el Pacífico",
        "fr": "Asie de l’Est, du Sud-Est et Pacifique", "pt-br": "Leste e Sudeste Asiático e Pacífico",
        "ar": "شرق آسيا وجنوب شرقها والمحيط الهادئ", "hi": "पूर्वी और दक्षिण-पूर्वी एशिया तथा प्रशांत",
        "bn": "পূর্ব ও দক্ষিণ-পূর্ব এশিয়া এবং প্রশান্ত মহাসাগর", "sw": "Asia ya Mashariki na Kusini-Mashariki na Pasifiki",
        "id": "Asia Timur, Asia Tenggara, dan Pasifik", "da": "Øst- og Sydøstasien og Stillehavet",
        "zh-hans": "东亚、东南亚和太平洋", "ru": "Восточная и Юго-Восточная Азия и Океания",
    },
    "lac": {
        "en": "Latin America and the Caribbean", "es": "América Latina y el Caribe",
        "fr": "Amérique latine et Caraïbes", "pt-br": "América Latina e Caribe",
        "ar": "أمريكا اللاتينية والكاريبي", "hi": "लातिन अमेरिका और कैरिबियाई",
        "bn": "লাতিন আমেরিকা ও ক্যারিবীয়", "sw": "Amerika ya Kilatini na Karibi",
        "id": "Amerika Latin dan Karibia", "da": "Latinamerika og Caribien",
        "zh-hans": "拉丁美洲和加勒比", "ru": "Латинская Америка и Карибский бассейн",
    },
    "mena": {
        "en": "Middle East and North Africa", "es": "Oriente Medio y Norte de África",
        "fr": "Moyen-Orient et Afrique du Nord", "pt-br": "Oriente Médio e Norte da África",
        "ar": "الشرق الأوسط وشمال أفريقيا", "hi": "मध्य पूर्व और उत्तरी अफ़्रीका",
        "bn": "মধ্যপ্রাচ্য ও উত্তর আফ্রিকা", "sw": "Mashariki ya Kati na Afrika Kaskazini",
        "id": "Timur Tengah dan Afrika Utara", "da": "Mellemøsten og Nordafrika",
        "zh-hans": "中东和北非", "ru": "Ближний Восток и Северная Африка",
    },
    "na": {
        "en": "Northern America", "es": "América del Norte", "fr": "Amérique du Nord", "pt-br": "América do Norte",
        "ar": "أمريكا الشمالية", "hi": "उत्तरी अमेरिका", "bn": "উত্তর আমেরিকা", "sw": "Amerika Kaskazini",
        "id": "Amerika Utara", "da": "Nordamerika", "zh-hans": "北美", "ru": "Северная Америка",
    },
    "nwe": {
        "en": "Northern and Western Europe", "es": "Europa del Norte y Occidental",
        "fr": "Europe du Nord et de l’Ouest", "pt-br": "Europa do Norte e Ocidental",
        "ar": "شمال وغرب أوروبا", "hi": "उत्तरी और पश्चिमी यूरोप", "bn": "উত্তর ও পশ্চিম ইউরোপ",
        "sw": "Ulaya ya Kaskazini na Magharibi", "id": "Eropa Utara dan Barat", "da": "Nord- og Vesteuropa",
        "zh-hans": "北欧和西欧", "ru": "Северная и Западная Европа",
    },
    "sa": {
        "en": "South Asia", "es": "Asia del Sur", "fr": "Asie du Sud", "pt-br": "Sul da Ásia", "ar": "جنوب آسيا",
        "hi": "दक्षिण एशिया", "bn": "দক্ষিণ এশিয়া", "sw": "Asia ya Kusini", "id": "Asia Selatan", "da": "Sydasien",
        "zh-hans": "南亚", "ru": "Южная Азия",
    },
    "ssa": {
        "en": "Sub-Saharan Africa", "es": "África subsahariana", "fr": "Afrique subsaharienne",
        "pt-br": "África Subsaariana", "ar": "أفريقيا جنوب الصحراء", "hi": "उप-सहारा अफ़्रीका",
        "bn": "সাব-সাহারান আফ্রিকা", "sw": "Afrika Kusini mwa Sahara", "id": "Afrika Sub-Sahara",
        "da": "Afrika syd for Sahara", "zh-hans": "撒哈拉以南非洲", "ru": "Африка к югу от Сахары",
    },
    "advocacy": {
        "en": "Advocacy for free knowledge", "es": "Defensa del conocimiento libre",
        "fr": "Plaidoyer pour le savoir libre", "pt-br": "Defesa do conhecimento livre",
        "ar": "المناصرة من أجل المعرفة الحرة", "hi": "मुक्त ज्ञान की पैरवी", "bn": "মুক্ত জ্ঞানের পক্ষে প্রচার",
        "sw": "Utetezi wa maarifa huru", "id": "Advokasi pengetahuan bebas", "da": "Fortalervirksomhed for fri viden",
        "zh-hans": "自由知识倡导", "ru": "Защита свободных знаний",
    },
    "heritage": {
        "en": "Endangered and oral knowledge", "es": "Saberes orales y en peligro",
        "fr": "Savoirs oraux et menacés", "pt-br": "Saberes orais e ameaçados",
        "ar": "المعارف الشفهية والمهددة", "hi": "मौखिक और संकटग्रस्त ज्ञान", "bn": "মৌখিক ও বিপন্ন জ্ঞান",
        "sw": "Maarifa simulizi na yaliyo hatarini", "id": "Pengetahuan lisan dan terancam", "da": "Truet og mundtlig viden",
        "zh-hans": "口述与濒危知识", "ru": "Устные и исчезающие знания",
    },
    "technology": {
        "en": "Technology for small communities", "es": "Tecnología para comunidades pequeñas",
        "fr": "Technologie pour petites communautés", "pt-br": "Tecnologia para comunidades pequenas",
        "ar": "التقنية للمجتمعات الصغيرة", "hi": "छोटे समुदायों के लिए प्रौद्योगिकी", "bn": "ছোট সম্প্রদায়ের জন্য প্রযুক্তি",
        "sw": "Teknolojia kwa jamii ndogo", "id": "Teknologi untuk komunitas kecil", "da": "Teknologi til små fællesskaber",
        "zh-hans": "面向小型社区的技术", "ru": "Технологии для малых сообществ",
    },
}  # fmt: skip

COMMITTEE = {
    "en": "Committee", "es": "Comité", "fr": "Comité", "pt-br": "Comitê", "ar": "اللجنة", "hi": "समिति",
    "bn": "কমিটি", "sw": "Kamati", "id": "Komite", "da": "Udvalg", "zh-hans": "委员会", "ru": "Комитет",
}  # fmt: skip
CENTRE_BODIES = {
    "secretariat": {
        "en": "Secretariat", "es": "Secretaría", "fr": "Secrétariat", "pt-br": "Secretaria", "ar": "الأمانة",
        "hi": "सचिवालय", "bn": "সচিবালয়", "sw": "Sekretarieti", "id": "Sekretariat", "da": "Sekretariat",
        "zh-hans": "秘书处", "ru": "Секретариат",
    },
    "allocation": {
        "en": "Allocation", "es": "Asignación", "fr": "Répartition", "pt-br": "Alocação", "ar": "التوزيع",
        "hi": "आवंटन", "bn": "বরাদ্দ", "sw": "Ugawaji", "id": "Alokasi", "da": "Fordeling",
        "zh-hans": "分配", "ru": "Распределение",
    },
    "oversight": {
        "en": "Oversight", "es": "Supervisión", "fr": "Contrôle", "pt-br": "Supervisão", "ar": "الرقابة",
        "hi": "निगरानी", "bn": "তদারকি", "sw": "Usimamizi", "id": "Pengawasan", "da": "Tilsyn",
        "zh-hans": "监督", "ru": "Надзор",
    },
}  # fmt: skip
