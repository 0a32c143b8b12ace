"""What committee members of the demo write, in the languages they write it in."""

from collections.abc import Mapping, Sequence

from proposals.models import Outcome

REASONS: Mapping[str, Mapping[int, Sequence[str]]] = {
    "en": {
        1: ("Nothing in the text speaks to this.", "The plan would rather do the opposite.", "I looked for it twice and found no sign of it."),
        2: ("It is named once, without a step that follows.", "A good wish; who does it and when stays open.", "Only the organisers themselves would gain from it."),
        3: ("Clear and doable; one date is missing.", "The people concerned were asked, though late.", "Well thought out for the first half year."),
        4: ("Every step names who does it, when and with whom.", "The group has done this before and shows the result.", "The community decides here, not only takes part."),
    },
    "es": {
        1: ("El texto no dice nada sobre esto.", "El plan haría más bien lo contrario.", "Lo busqué dos veces y no hay rastro."),
        2: ("Se menciona una vez, sin un paso concreto.", "Buena intención; falta quién y cuándo.", "Solo ganaría el propio grupo organizador."),
        3: ("Claro y realizable; falta una fecha.", "Se consultó a la gente, aunque tarde.", "Bien pensado para el primer semestre."),
        4: ("Cada paso dice quién, cuándo y con quién.", "El grupo ya lo hizo antes y muestra el resultado.", "Aquí la comunidad decide, no solo participa."),
    },
    "ar": {
        1: ("لا يقول النص شيئًا عن هذا.", "الخطة تميل إلى عكس ذلك.", "بحثت عنه مرتين ولم أجد له أثرًا."),
        2: ("ذُكر مرة واحدة دون خطوة تتبعه.", "نية طيبة، لكن من ينفذ ومتى؟", "الفائدة تعود على المنظمين وحدهم."),
        3: ("واضح وقابل للتنفيذ، وينقصه تاريخ واحد.", "سُئل أصحاب الشأن، وإن كان متأخرًا.", "مدروس جيدًا للنصف الأول من السنة."),
        4: ("كل خطوة تذكر من ينفذها ومتى ومع من.", "سبق للمجموعة أن فعلت ذلك وتعرض النتيجة.", "المجتمع هنا يقرر، ولا يكتفي بالمشاركة."),
    },
    "sw": {
        1: ("Maandishi hayasemi lolote kuhusu hili.", "Mpango unaelekea kinyume chake.", "Nimelitafuta mara mbili bila kuliona."),
        2: ("Limetajwa mara moja, bila hatua yoyote.", "Nia njema; nani atafanya na lini haijulikani.", "Wanufaika ni waandaaji wenyewe tu."),
        3: ("Ni wazi na linawezekana; tarehe moja inakosekana.", "Wahusika waliulizwa, ingawa kwa kuchelewa.", "Limefikiriwa vizuri kwa nusu mwaka ya kwanza."),
        4: ("Kila hatua inataja nani, lini na pamoja na nani.", "Kundi limeshafanya hivi na linaonyesha matokeo.", "Hapa jamii inaamua, si kushiriki tu."),
    },
}  # fmt: skip

COMMENTS: Mapping[str, Sequence[str]] = {
    "en": ("Ready for the ballot, I would say.", "I know the place; the figures are sound.", "Let us talk about the travel line.", ""),
    "es": ("Para mí está lista para la votación.", "Conozco el lugar; las cifras son sensatas.", "Hablemos de la línea de viajes.", ""),
    "ar": ("أراه جاهزًا للاقتراع.", "أعرف المكان، والأرقام معقولة.", "لنتحدث عن بند السفر.", ""),
    "sw": ("Naona liko tayari kupigiwa kura.", "Napajua mahali; takwimu ni sahihi.", "Tuzungumze kuhusu gharama za usafiri.", ""),
}  # fmt: skip

DECISIONS: Mapping[str, Mapping[Outcome, Sequence[str]]] = {
    "en": {
        Outcome.SHORTLISTED: ("The plan is clear and the community stands behind it.", "Small, doable and wanted where it happens."),
        Outcome.DECLINED: ("We could not see who would carry this on after the first month.", "The same work is already under way elsewhere in the region."),
        Outcome.INELIGIBLE: ("The rules of this round do not cover this kind of expense.",),
        Outcome.RETURNED: ("Please say who agreed to host the event, and correct the sum of the travel lines.",),
    },
    "es": {
        Outcome.SHORTLISTED: ("El plan es claro y la comunidad lo respalda.", "Pequeña, realizable y querida donde ocurre."),
        Outcome.DECLINED: ("No vimos quién seguiría con esto después del primer mes.", "El mismo trabajo ya está en marcha en otra parte de la región."),
        Outcome.INELIGIBLE: ("Las reglas de esta ronda no cubren este tipo de gasto.",),
        Outcome.RETURNED: ("Digan por favor quién aceptó recibir el encuentro y corrijan la suma de los viajes.",),
    },
    "ar": {
        Outcome.SHORTLISTED: ("الخطة واضحة والمجتمع يقف وراءها.", "مشروع صغير قابل للتنفيذ ومطلوب في مكانه."),
        Outcome.DECLINED: ("لم نتبين من سيواصل العمل بعد الشهر الأول.", "العمل نفسه جارٍ في مكان آخر من المنطقة."),
        Outcome.INELIGIBLE: ("قواعد هذه الجولة لا تشمل هذا النوع من النفقات.",),
        Outcome.RETURNED: ("نرجو ذكر الجهة التي وافقت على الاستضافة وتصحيح مجموع بنود السفر.",),
    },
    "sw": {
        Outcome.SHORTLISTED: ("Mpango uko wazi na jamii inauunga mkono.", "Ni mdogo, unawezekana na unatakiwa mahali pake."),
        Outcome.DECLINED: ("Hatukuona nani angeendeleza kazi baada ya mwezi wa kwanza.", "Kazi hiyohiyo inaendelea mahali pengine katika kanda."),
        Outcome.INELIGIBLE: ("Kanuni za awamu hii hazihusu gharama za aina hii.",),
        Outcome.RETURNED: ("Tafadhali taja nani amekubali kuandaa tukio, na sahihisha jumla ya gharama za usafiri.",),
    },
}  # fmt: skip
