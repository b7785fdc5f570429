"""What the people of the demonstration are called and what they say. Nobody here exists."""

GIVEN_FA = [
    ("نیلوفر", "niloufar"), ("آرمان", "arman"), ("مریم", "maryam"), ("امیرحسین", "amirhossein"), ("زهرا", "zahra"),
    ("سینا", "sina"), ("پریسا", "parisa"), ("علی", "ali"), ("شیرین", "shirin"), ("رضا", "reza"), ("الهام", "elham"),
    ("محمد", "mohammad"), ("نگار", "negar"), ("کاوه", "kaveh"), ("سارا", "sara"), ("بهنام", "behnam"), ("مهسا", "mahsa"),
    ("فرهاد", "farhad"), ("لیلا", "leila"), ("پویا", "pouya"), ("هانیه", "hanieh"), ("یاسر", "yaser"), ("گلناز", "golnaz"),
    ("احسان", "ehsan"), ("ریحانه", "reyhaneh"), ("میلاد", "milad"), ("فاطمه", "fatemeh"), ("شهاب", "shahab"),
    ("نسترن", "nastaran"), ("حامد", "hamed"), ("بهاره", "bahareh"), ("داریوش", "dariush"), ("ستاره", "setareh"),
    ("مهدی", "mahdi"), ("ترانه", "taraneh"), ("ایمان", "iman"), ("رویا", "roya"), ("سهراب", "sohrab"), ("آیدا", "aida"),
    ("جواد", "javad"),
]  # fmt: skip
FAMILY_FA = [
    ("کریمی", "karimi"), ("رضایی", "rezaei"), ("حسینی", "hosseini"), ("محمدی", "mohammadi"), ("احمدی", "ahmadi"),
    ("موسوی", "mousavi"), ("جعفری", "jafari"), ("صادقی", "sadeghi"), ("نوری", "nouri"), ("رحیمی", "rahimi"),
    ("قاسمی", "ghasemi"), ("شریفی", "sharifi"), ("باقری", "bagheri"), ("سلطانی", "soltani"), ("کاظمی", "kazemi"),
    ("مرادی", "moradi"), ("یزدانی", "yazdani"), ("طاهری", "taheri"), ("زارع", "zare"), ("امینی", "amini"),
    ("فرهادی", "farhadi"), ("بهرامی", "bahrami"), ("نجفی", "najafi"), ("خسروی", "khosravi"), ("افشار", "afshar"),
    ("شفیعی", "shafiei"), ("داوودی", "davoudi"), ("مهدوی", "mahdavi"), ("ابراهیمی", "ebrahimi"), ("صالحی", "salehi"),
    ("توکلی", "tavakoli"), ("جلالی", "jalali"), ("پاکزاد", "pakzad"), ("نیک‌نام", "niknam"), ("مظفری", "mozaffari"),
    ("آذری", "azari"), ("گلستانی", "golestani"),
]  # fmt: skip
GIVEN_EN = [
    "Daniel", "Amara", "Lukas", "Sofia", "Yusuf", "Hannah", "Mateo", "Priya", "Jonas", "Grace", "Omar", "Emily", "Tomás",
    "Aisha", "Noah", "Elif", "Samuel", "Marta", "Kwame", "Julia", "Ravi", "Clara", "Ibrahim", "Ingrid", "Leo", "Fatou",
]  # fmt: skip
FAMILY_EN = [
    "Okafor", "Lindqvist", "Moreau", "Demir", "Fischer", "Haddad", "Sharma", "Novak", "Mensah", "Rossi", "Walsh", "Silva",
    "Tanaka", "Jensen", "Kowalski", "Diallo", "Brennan", "Costa", "Weber", "Iyer", "Laurent", "Yildiz", "Petrov",
]  # fmt: skip
ZONES_EN = ["Europe/London", "Europe/Berlin", "Europe/Istanbul", "America/Toronto", "Asia/Dubai"]

FACULTIES = {
    "science": ("Faculty of Science", "دانشکدهٔ علوم پایه"),
    "engineering": ("Faculty of Engineering", "دانشکدهٔ فنی و مهندسی"),
    "social": ("Faculty of Psychology and Education", "دانشکدهٔ روان‌شناسی و علوم تربیتی"),
    "humanities": ("Faculty of Humanities", "دانشکدهٔ ادبیات و علوم انسانی"),
    "health": ("Faculty of Health Sciences", "دانشکدهٔ علوم سلامت"),
}
MENTOR_LINES = {
    "en": ["Doctoral candidate", "Assistant professor", "Senior engineer and alumna", "Research associate", "Lecturer"],
    "fa": ["دانشجوی دکتری", "استادیار", "مهندس ارشد و دانش‌آموختهٔ دانشگاه", "پژوهشگر پسادکتری", "مدرس دانشگاه"],
}
MENTEE_LINES = {
    "en": ["First-year bachelor's student", "Second-year student", "New master's student"],
    "fa": ["دانشجوی سال اول کارشناسی", "دانشجوی سال دوم", "دانشجوی تازه‌وارد کارشناسی ارشد"],
}
MENTEE_HOPES = {
    "en": [
        "I want to find my way through the first year without losing my weekends, and learn to plan my week.",
        "I would like to write better reports and stop being afraid of asking in class.",
        "I want to find out what research looks like from the inside, and whether it is for me.",
        "I moved here alone and would like somebody to talk to about studying and settling in.",
    ],
    "fa": [
        "می‌خواهم سال اول را بدون سردرگمی بگذرانم و یاد بگیرم هفته‌ام را برنامه‌ریزی کنم.",
        "دوست دارم گزارش‌های بهتری بنویسم و از پرسیدن سر کلاس نترسم.",
        "می‌خواهم از نزدیک ببینم پژوهش چیست و آیا به درد من می‌خورد.",
        "تنها به این شهر آمده‌ام و دلم می‌خواهد کسی باشد که از درس و زندگی با او حرف بزنم.",
    ],
}
MENTOR_HOPES = {
    "en": [
        "Somebody helped me when I began. I would like to pass that on.",
        "I enjoy seeing the moment in which a question becomes clear.",
        "Talking with students keeps my own teaching honest.",
    ],
    "fa": [
        "وقتی تازه شروع کرده بودم کسی کمکم کرد؛ حالا نوبت من است.",
        "لحظه‌ای را دوست دارم که پرسشی برای کسی روشن می‌شود.",
        "گفت‌وگو با دانشجوها تدریس خودم را هم بهتر می‌کند.",
    ],
}

# Exchanges of a first semester, in order: mentee first, then the mentor's answer, and sometimes the mentee again.
EXCHANGES = {
    "en": [
        [
            "Hello! I am glad we were matched. I have three questions about this semester already.",
            "Welcome! Send them all. We can take the hardest one to our first session.",
        ],
        [
            "I got lost between three buildings today. Is there a plan of the lecture rooms?",
            "Everybody does in the first week. The porter has one, and I will look for my old list.",
        ],
        [
            "I tried the weekly plan. Monday worked, Tuesday fell apart.",
            "One good day out of two is a start. What happened on Tuesday?",
            "I put six things on it. I think three is my number.",
        ],
        [
            "How do you take notes? I write everything down and understand nothing.",
            "Half a page a lecture: three ideas, one question. And I read it again the same evening.",
            "The evening is what I always leave out. I will try it on Wednesday.",
        ],
        [
            "Is it normal to read one paper for three hours?",
            "In the first year, yes. Try title, abstract, figures, conclusion, and only then the rest.",
        ],
        [
            "I asked a question in class today, the first time this year!",
            "That is a big step. How did it feel afterwards?",
        ],
        [
            "My flatmates go out every night, and I feel that I have to come along.",
            "You may like them and still say no twice a week. Which two evenings do you need?",
        ],
        [
            "My lab partner and I disagree about who writes what.",
            "Before you talk, write down what you need and what you can give. Shall we practise it on Thursday?",
        ],
        [
            "I found two topics I like and cannot choose.",
            "Which of the two would you still want to read about in three months?",
        ],
        [
            "I wrote to the professor as you suggested, and she answered within an hour!",
            "I am not surprised, your question was short and clear. What did she say?",
        ],
        [
            "Thank you for yesterday. The outline is finished now.",
            "Wonderful. Send it whenever you like; I will read it before our session.",
        ],
        [
            "Could you look at the first paragraph of my report?",
            "I read it. Your question only appears in the last sentence; what if it came first?",
        ],
        [
            "I might miss our session on Wednesday, there is an exam.",
            "No problem, thank you for telling me early. Propose another time, and good luck!",
        ],
        [
            "I got 14 in the mid-term. I had hoped for more.",
            "Let us look at which questions cost you points. Often it is one topic, not everything.",
            "You were right, almost all of it was in one chapter.",
        ],
        [
            "I have not opened a book for four days and I feel bad about it.",
            "Four days of rest after a mid-term are no crime. What would ten minutes be, to begin again?",
            "The summary of chapter three. It became forty minutes.",
        ],
        [
            "I wrote the three hypotheses. The second one is measurable, I think.",
            "It is, and it is also small enough. Go with the second.",
        ],
        [
            "My report came back with a lot of red in it.",
            "Then somebody read it with care. Sort it into two heaps: what is about content, what is about commas?",
        ],
        [
            "We presented today. My voice shook for a minute, and then it was fine.",
            "Well done! A minute is the normal price. What would you do the same way again?",
        ],
        [
            "Do you think I should apply for the summer placement?",
            "Tell me what speaks against it, then we will see how much weight that has.",
        ],
        [
            "How did you decide for a doctorate?",
            "I will gladly tell you, and also what speaks against it. Half an hour in our next session?",
        ],
        [
            "Somebody asked me to explain the assignment today, and I could!",
            "Explaining is the best test there is. You have come a long way since our first talk.",
        ],
        [
            "The exam plan is ready: five subjects in three weeks. Is it too full?",
            "Take one thing out of each day and it will hold. Where is your free afternoon?",
        ],
        [
            "I sleep badly before exams.",
            "So did I. A walk after supper helped me, and the counselling office has a good group. Shall we look at it together?",
        ],
        [
            "I passed statistics, the one I was most afraid of!",
            "And with a plan of your own. Celebrate a little tonight.",
        ],
        [
            "What should we look at in our last sessions?",
            "What you want to keep. Write down three things that helped you; I will do the same.",
        ],
    ],
    "fa": [
        [
            "سلام! خوشحالم که منتور من شدید. همین اول کار سه تا سؤال دارم.",
            "سلام، خوش آمدید! هر سه را بفرستید. سخت‌ترینش را می‌گذاریم برای جلسهٔ اول.",
        ],
        [
            "امروز بین سه تا ساختمان گم شدم. نقشهٔ کلاس‌ها را از کجا می‌شود پیدا کرد؟",
            "هفتهٔ اول همه گم می‌شوند! نگهبانی یک نقشه دارد؛ من هم فهرست قدیمی خودم را پیدا می‌کنم.",
        ],
        [
            "برنامهٔ هفتگی را امتحان کردم؛ شنبه خوب بود ولی یکشنبه به هم ریخت.",
            "از دو روز یکی خوب بوده، شروع بدی نیست. یکشنبه چه شد؟",
            "شش تا کار نوشته بودم. فکر کنم سه تا برایم کافی است.",
        ],
        [
            "شما چطور جزوه می‌نویسید؟ من همه چیز را می‌نویسم و آخرش هیچ چیز نمی‌فهمم.",
            "برای هر درس نیم صفحه: سه نکته و یک سؤال. همان شب هم یک بار می‌خوانمش.",
            "همین شب‌ها را همیشه جا می‌اندازم. چهارشنبه امتحانش می‌کنم.",
        ],
        [
            "طبیعی است که خواندن یک مقاله سه ساعت طول بکشد؟",
            "سال اول، بله. اول عنوان و چکیده و شکل‌ها و نتیجه، بعد بقیه.",
        ],
        ["امروز سر کلاس سؤال پرسیدم، برای اولین بار در این ترم!", "آفرین، گام بزرگی است. بعدش چه حسی داشتید؟"],
        [
            "هم‌اتاقی‌هایم هر شب بیرون می‌روند و حس می‌کنم من هم باید بروم.",
            "می‌شود دوستشان داشت و هفته‌ای دو شب نه گفت. کدام دو شب را برای خودتان لازم دارید؟",
        ],
        [
            "من و هم‌گروهی‌ام سر تقسیم کارها به توافق نمی‌رسیم.",
            "پیش از صحبت بنویسید چه لازم دارید و چه کاری از شما برمی‌آید. پنجشنبه با هم تمرینش کنیم؟",
        ],
        ["دو موضوع پیدا کرده‌ام و نمی‌توانم یکی را انتخاب کنم.", "کدامشان را سه ماه دیگر هم دوست دارید بخوانید؟"],
        [
            "همان‌طور که گفتید به استاد ایمیل زدم و یک ساعت نشده جواب داد!",
            "تعجب نمی‌کنم؛ سؤالتان کوتاه و روشن بود. چه گفتند؟",
        ],
        ["ممنون بابت دیروز. طرح کلی آماده شد.", "عالی است. هر وقت خواستید بفرستید؛ پیش از جلسه می‌خوانمش."],
        [
            "می‌شود پاراگراف اول گزارشم را ببینید؟",
            "خواندم. پرسش اصلی‌تان تازه در جملهٔ آخر می‌آید؛ اگر اول بیاید چه می‌شود؟",
        ],
        [
            "شاید چهارشنبه نتوانم بیایم، امتحان دارم.",
            "اشکالی ندارد، خوب شد زود گفتید. وقت دیگری پیشنهاد کنید و موفق باشید!",
        ],
        [
            "میان‌ترم ۱۴ شدم. انتظار بیشتری داشتم.",
            "بیایید ببینیم کدام سؤال‌ها نمره کم کرده؛ معمولاً یک مبحث است، نه همه چیز.",
            "حق با شما بود، تقریباً همه‌اش از یک فصل بود.",
        ],
        [
            "چهار روز است لای کتاب را باز نکرده‌ام و از خودم ناراحتم.",
            "چهار روز استراحت بعد از میان‌ترم گناه نیست. برای شروع دوباره، ده دقیقه‌اش چه می‌تواند باشد؟",
            "خلاصهٔ فصل سه را خواندم. ده دقیقه شد چهل دقیقه.",
        ],
        ["سه فرضیه را نوشتم. فکر می‌کنم دومی سنجیدنی است.", "هست، و به‌اندازهٔ کافی هم محدود است. با دومی پیش بروید."],
        [
            "گزارشم پر از خط قرمز برگشت.",
            "یعنی کسی با دقت خوانده. دو دسته‌اش کنید: کدام دربارهٔ محتواست و کدام دربارهٔ ویرگول‌ها؟",
        ],
        [
            "امروز ارائه دادیم. یک دقیقه صدایم لرزید و بعد خوب شد.",
            "آفرین! آن یک دقیقه برای همه هست. دفعهٔ بعد چه چیزی را دوباره همین‌طور انجام می‌دهید؟",
        ],
        [
            "به نظرتان برای کارآموزی تابستان درخواست بدهم؟",
            "اول بگویید چه چیزی جلویتان را می‌گیرد، بعد با هم ببینیم چقدر مهم است.",
        ],
        [
            "شما چطور تصمیم گرفتید دکتری بخوانید؟",
            "با کمال میل تعریف می‌کنم، از سختی‌هایش هم می‌گویم. نیم ساعت از جلسهٔ بعد برای همین؟",
        ],
        [
            "امروز یکی از بچه‌ها خواست تمرین را برایش توضیح بدهم و توانستم!",
            "هیچ آزمونی بهتر از توضیح دادن نیست. از گفت‌وگوی اولمان تا حالا راه زیادی آمده‌اید.",
        ],
        [
            "برنامهٔ امتحان‌ها آماده شد: پنج درس در سه هفته. خیلی فشرده است؟",
            "از هر روز یک کار کم کنید تا عملی بماند. بعدازظهر آزادتان کجاست؟",
        ],
        [
            "شب‌های امتحان خوب نمی‌خوابم.",
            "من هم نمی‌خوابیدم. پیاده‌رویِ بعد از شام کمکم کرد؛ مرکز مشاوره هم گروه خوبی دارد. با هم نگاهش کنیم؟",
        ],
        [
            "آمار را پاس کردم، همان که بیشتر از همه ازش می‌ترسیدم!",
            "آن هم با برنامهٔ خودتان. امشب کمی جشن بگیرید.",
        ],
        [
            "در جلسه‌های آخر سراغ چه برویم؟",
            "سراغ چیزی که می‌خواهید برایتان بماند. سه چیزی را که کمکتان کرد بنویسید؛ من هم می‌نویسم.",
        ],
    ],
}
HELLO_ONLY = {
    "en": "Hello, I am your mentor. When would you like to talk for the first time?",
    "fa": "سلام، من منتور شما هستم. چه زمانی برای نخستین گفت‌وگو مناسب است؟",
}
UNANSWERED = {
    "en": "Hello, are you there? I have a question about the exam plan.",
    "fa": "سلام، هستید؟ دربارهٔ برنامهٔ امتحان‌ها سؤالی دارم.",
}
TOPICS = {
    "en": [
        "Getting to know each other",
        "Our agreement and first goal",
        "Planning the week",
        "Reading and note-taking",
        "Finding company at the university",
        "From idea to research question",
        "Mid-term: looking back",
        "Writing a clear paragraph",
        "Talking with teachers",
        "What the feedback says",
        "A short talk, rehearsed",
        "Preparing for exams",
        "Plans for the summer",
        "What comes next",
    ],
    "fa": [
        "آشنایی",
        "توافق‌نامه و نخستین هدف",
        "برنامه‌ریزی هفته",
        "خواندن و یادداشت‌برداری",
        "پیدا کردن دوست و هم‌درس",
        "از ایده تا پرسش پژوهش",
        "نگاهی به میان‌ترم",
        "نوشتن یک پاراگراف روشن",
        "گفت‌وگو با استادان",
        "بازخوردها چه می‌گویند",
        "تمرین یک ارائهٔ کوتاه",
        "آمادگی برای امتحان",
        "برنامهٔ تابستان",
        "گام بعدی",
    ],
}
SUMMARIES = {
    "en": [
        "We looked at last week's step and chose the next one.",
        "We worked through one example together and agreed who does what.",
        "A good talk about what is hard right now.",
    ],
    "fa": [
        "گام هفتهٔ پیش را مرور و گام بعدی را انتخاب کردیم.",
        "یک نمونه را با هم حل کردیم و قرار شد هر کس چه کند.",
        "گفت‌وگوی خوبی دربارهٔ سختی‌های این روزها داشتیم.",
    ],
}
NEXT_STEPS = {
    "en": [
        "Write the plan of next week by Friday",
        "Read one paper: title, figures, conclusion first",
        "Ask one question in class",
        "Send the next page two days before we meet",
    ],
    "fa": [
        "تا جمعه برنامهٔ هفتهٔ بعد را بنویسم",
        "یک مقاله بخوانم: اول عنوان و شکل‌ها و نتیجه",
        "سر کلاس یک سؤال بپرسم",
        "دو روز پیش از جلسه صفحهٔ بعدی را بفرستم",
    ],
}
# Notes of the mentor for themselves, of the mentee for both, of the mentor for the coordinators too.
NOTES = {
    "en": (
        "Answers quickly when the question is small. Next time: one question at a time, and wait.",
        "To remember: three tasks a day, the hardest one first.",
        "We meet in the evenings because of the lab hours. All is well.",
    ),
    "fa": (
        "وقتی سؤال کوچک باشد زود جواب می‌دهد. دفعهٔ بعد: هر بار یک سؤال، و بعد صبر.",
        "یادم بماند: روزی سه کار، سخت‌ترینش اول.",
        "به‌خاطر ساعت‌های آزمایشگاه عصرها دیدار می‌کنیم. همه چیز خوب است.",
    ),
}
GOALS = {
    "en": [
        (
            "Plan my week and keep to it",
            ["Choose three tasks for each day", "Look back every Friday", "Keep Sundays free"],
        ),
        (
            "Write a clear three-page report",
            ["Collect five sources", "Write the question in one sentence", "First draft", "Ask for feedback"],
        ),
        (
            "Choose a research topic",
            ["Read two review papers", "Write three research questions", "Talk with a possible supervisor"],
        ),
        ("Speak up in class", ["Prepare one question a week", "Ask it", "Note how it felt"]),
    ],
    "fa": [
        (
            "برنامه‌ریزی هفته و پایبندی به آن",
            ["هر روز سه کار انتخاب کنم", "جمعه‌ها هفته را مرور کنم", "یک بعدازظهر را خالی نگه دارم"],
        ),
        (
            "نوشتن یک گزارش سه‌صفحه‌ای روشن",
            ["پنج منبع پیدا کنم", "پرسش را در یک جمله بنویسم", "پیش‌نویس اول", "بازخورد بگیرم"],
        ),
        (
            "انتخاب موضوع پژوهش",
            ["دو مقالهٔ مروری بخوانم", "سه پرسش پژوهشی بنویسم", "با یک استاد راهنمای احتمالی صحبت کنم"],
        ),
        ("مشارکت در کلاس", ["هر هفته یک سؤال آماده کنم", "سؤال را بپرسم", "بنویسم چه حسی داشت"]),
    ],
}
AGREED = {
    "en": (
        "We prepare, we are on time, and we say early when something comes up.",
        "After ten days of silence either of us writes one line: all well? Shall we talk on Sunday?",
        "No assignments done for each other, no money, no messages after ten in the evening.",
    ),
    "fa": (
        "آماده می‌آییم، سر وقت هستیم و اگر کاری پیش آمد زود خبر می‌دهیم.",
        "بعد از ده روز سکوت یکی از ما یک خط می‌نویسد: «خوبید؟ یکشنبه حرف بزنیم؟»",
        "تکلیف همدیگر را انجام نمی‌دهیم، پای پول در میان نیست و بعد از ده شب پیام نمی‌دهیم.",
    ),
}
HELP = {
    "en": [
        ("technical", "The video link of our last session did not open on my phone."),
        ("relationship", "We have not talked for two weeks and I do not know how to begin again."),
        ("technical", "I do not receive the programme's mails."),
    ],
    "fa": [
        ("technical", "لینک جلسهٔ تصویری روی گوشی من باز نشد."),
        ("relationship", "دو هفته است با هم حرف نزده‌ایم و نمی‌دانم چطور دوباره شروع کنم."),
        ("technical", "ایمیل‌های برنامه به دستم نمی‌رسد."),
    ],
}
HELP_ANSWER = {
    "en": "Thank you for writing. I looked into it; please try again and tell me if it still happens.",
    "fa": "ممنون که نوشتید. بررسی کردم؛ لطفاً دوباره امتحان کنید و اگر باز هم پیش آمد خبر بدهید.",
}
HOW_TO = {
    "en": [
        "How do I propose a time for our next session?",
        "Where do I put a file so that my mentor finds it later?",
        "How do I take our sessions into my own calendar?",
    ],
    "fa": [
        "چطور برای جلسهٔ بعد وقت پیشنهاد بدهم؟",
        "فایل را کجا بگذارم که بعداً هم راحت پیدا شود؟",
        "چطور جلسه‌ها را به تقویم خودم ببرم؟",
    ],
}
HOW_TO_ANSWER = {
    "en": "On the page of your relationship, under “Sessions”. Write again if you do not find it; we can look together.",
    "fa": "در صفحهٔ رابطه‌تان، بخش «جلسه‌ها». اگر پیدا نکردید دوباره بنویسید تا با هم نگاه کنیم.",
}
REFLECTION = {
    "en": "I noticed that I answer too quickly. This week I want to ask one more question before I say what I think.",
    "fa": "متوجه شدم زود جواب می‌دهم. این هفته می‌خواهم پیش از گفتن نظرم یک پرسش بیشتر بپرسم.",
}

# Requests from mentee to mentor: why this mentor, a kind no, a question before deciding.
REQUESTS = {
    "en": [
        "You work in the field I hope to work in. I would love to hear how you found your first post.",
        "I saw that you help with interviews. Mine are in spring, and I have never had one in English.",
        "Your path from the thesis to a company is the one I am thinking about. May I ask you about it?",
    ],
    "fa": [
        "شما در همان زمینه‌ای کار می‌کنید که من دوست دارم. خیلی دلم می‌خواهد بدانم اولین کارتان را چطور پیدا کردید.",
        "دیدم در مصاحبهٔ شغلی کمک می‌کنید. مصاحبه‌های من بهار است و تا حالا هیچ مصاحبه‌ای نداشته‌ام.",
        "مسیری که از پایان‌نامه تا کار رفته‌اید همان چیزی است که به آن فکر می‌کنم. می‌شود درباره‌اش از شما بپرسم؟",
    ],
}
DECLINED = {
    "en": "Your questions are good ones. Among the mentors there are people who know that field better than I do.",
    "fa": "پرسش‌هایتان خیلی خوب بود. میان منتورها کسانی هستند که آن زمینه را بهتر از من می‌شناسند.",
}
ASKED_BACK = {
    "en": (
        "Which kind of work do you have in mind?",
        "Something with data, in a small team. I have tried one project.",
    ),
    "fa": ("بیشتر به چه جور کاری فکر می‌کنید؟", "کاری با داده، در یک تیم کوچک. یک پروژه هم امتحان کرده‌ام."),
}
