package privacy

import "strings"

// phrase is one text of the index in both languages.
type phrase struct{ en, ar string }

// phrases are the words of the index. Those of files say what the file holds.
func phrases() map[string]phrase {
	return map[string]phrase{
		"title":   {"What is held about somebody", "ما نحتفظ به عن شخص"},
		"account": {"Account of the platform", "حساب على المنصة"},
		"person":  {"Person who signs in here", "شخص يسجّل الدخول هنا"},
		"as_of":   {"As of", "حتى تاريخ"},
		"by":      {"Taken by", "استخرجه"},
		"reason":  {"Reason", "السبب"},
		"files":   {"Files", "الملفات"},
		"file":    {"File", "الملف"},
		"holds":   {"What it holds", "محتواه"},
		"lines":   {"Lines", "الأسطر"},
		"first":   {"The first lines", "الأسطر الأولى"},
		"none":    {"Nothing is held.", "لا يوجد شيء محفوظ."},
		"in_log":  {"Events of the account in the log, in all", "مجموع أحداث الحساب في السجل"},

		"marks": {
			"Other accounts, and other people who work here, are other people's data: a mark such as account-1f2e3d4c5b6a7988 stands in the place of each name. The same name has the same mark in every export of this installation.",
			"الحسابات الأخرى والعاملون الآخرون هنا بياناتُ أشخاص آخرين: تحلّ محلّ كل اسم علامة مثل account-1f2e3d4c5b6a7988. وللاسم نفسه العلامة نفسها في كل استخراج من هذا النظام.",
		},
		"read": {
			"Only names that haris knows as accounts or logins are replaced. Words that people wrote (messages of the account, notes, reasons) can name somebody in another way. Read this before any of it is handed to anybody; whether it may be is a person's decision.",
			"لا يُستبدل إلا ما يعرفه حارس اسمًا لحساب أو لدخول. وقد يذكر ما كتبه الناس (رسائل الحساب والملاحظات والأسباب) شخصًا بطريقة أخرى. اقرأ هذا قبل تسليم أي جزء منه إلى أحد؛ فقرار جواز التسليم لشخص لا لبرنامج.",
		},
		"withheld": {
			"Left out: what other accounts wrote, sent and are; contact details that were exchanged and words that detectors quote; the contents of evidence; the narrative of reports. Of a case in which the account is the one to be protected only the case itself is named. What the account itself wrote and sent is there.",
			"لم يُدرج: ما كتبته الحسابات الأخرى وأرسلته وما هي عليه؛ وبيانات الاتصال المتبادلة والكلمات التي تقتبسها أدوات الكشف؛ ومحتويات الأدلة؛ ونصوص البلاغات. والقضية التي يكون الحساب فيها هو المطلوب حمايته لا يُذكر منها إلا القضية نفسها. أما ما كتبه الحساب نفسه وأرسله فمدرج.",
		},
		"newest": {
			"The file of events holds the newest of them only; --events takes more.",
			"ملف الأحداث لا يضم إلا أحدثها؛ والخيار --events يأخذ المزيد.",
		},
		"silent": {
			"A legal hold forbids to tell the account of what is held here. Do not hand this out before it ends.",
			"يمنع حجز قانوني إبلاغ صاحب الحساب بما هو محفوظ هنا. لا تسلّم هذا قبل انتهائه.",
		},
		"kept": {
			"The log of events, the histories of cases and the audit log are kept for good. Evidence is kept as the file \"keeping\" says, and the hashes of media as it says.",
			"يُحفظ سجل الأحداث وتواريخ القضايا وسجل التدقيق دون أجل. وتُحفظ الأدلة وبصمات الوسائط كما يذكر ملف keeping.",
		},
		"theirs": {
			"Left out: proofs of who somebody is (passwords, codes, the keys themselves), findings that wait for a second look, and the words of drafts, which are for their writer alone.",
			"لم يُدرج: ما يثبت الهوية (كلمات السر والرموز والمفاتيح نفسها)، والاستنتاجات التي تنتظر نظرة ثانية، ونصوص المسودات فهي لكاتبها وحده.",
		},
		"check": {
			"manifest.json lists every file with its SHA-256, and manifest.sig signs it; haris evidence verify FILE checks both. Files are JSON Lines. Times are in UTC.",
			"يسرد manifest.json كل ملف مع بصمته SHA-256 ويوقّعه manifest.sig؛ والأمر haris evidence verify FILE يتحقق منهما. الملفات بصيغة JSON Lines. والأوقات بالتوقيت العالمي المنسّق.",
		},

		"file.profile":     {"Profile, and keys as marks", "الملف الشخصي، والمفاتيح على هيئة علامات"},
		"file.signals":     {"Signals that stand", "الإشارات القائمة"},
		"file.events":      {"Events in the log, newest first", "الأحداث في السجل، الأحدث أولًا"},
		"file.cases":       {"Cases, closed ones too", "القضايا، والمغلقة منها أيضًا"},
		"file.histories":   {"Histories of the cases about it", "تواريخ القضايا المتعلقة به"},
		"file.mutes":       {"Detectors that were muted for it", "أدوات كشف أُسكتت عنه"},
		"file.actions":     {"Actions asked of the platform", "إجراءات طُلبت من المنصة"},
		"file.reports":     {"Reports: number, when, status", "البلاغات: الرقم والوقت والحالة"},
		"file.evidence":    {"Evidence: names and digests, not the contents", "الأدلة: الأسماء والبصمات دون المحتويات"},
		"file.keeping":     {"Legal holds, and until when it is kept", "الحجوزات القانونية ومدة الحفظ"},
		"file.disclosures": {"What was handed out, to whom, under what", "ما سُلّم ولمن وبأي سند"},
		"file.processes":   {"Legal process that names it", "إجراءات قانونية تسمّيه"},
		"file.sightings":   {"Hashes of media that it posted", "بصمات الوسائط التي نشرها"},
		"file.readings":    {"Who looked it up, and when", "من بحث عنه ومتى"},

		"file.person":         {"Account, roles, second factor", "الحساب والأدوار والعامل الثاني"},
		"file.sessions":       {"Sign-ins that are open", "جلسات الدخول المفتوحة"},
		"file.passkeys":       {"Names of passkeys", "أسماء مفاتيح المرور"},
		"file.acts":           {"Entries of the audit log by this person, newest first", "ما سجّله التدقيق من أفعال هذا الشخص، الأحدث أولًا"},
		"file.about":          {"Entries of the audit log about this person", "ما سجّله التدقيق عن هذا الشخص"},
		"file.exposure":       {"How often contents of evidence were shown, by month", "عدد مرات عرض محتوى الأدلة، شهريًا"},
		"file.limits":         {"Limits of the day and rests that are set for this person", "حدود اليوم وفترات الراحة المحدّدة لهذا الشخص"},
		"file.second_looks":   {"Second looks, of and by this person", "النظرات الثانية، منه وعليه"},
		"file.golden_answers": {"Answers to golden cases", "إجاباته عن القضايا النموذجية"},
		"file.notes":          {"Coaching notes to and from this person", "ملاحظات التوجيه منه وإليه"},
		"file.access_reviews": {"Lines of access reviews about this person, and what they decided about others", "أسطر مراجعات الصلاحيات عن هذا الشخص، وما قرّره عن غيره"},
		"file.queues":         {"Queues that this person keeps, and their round", "القوائم التي يحفظها هذا الشخص، وجولته"},
		"file.drafts":         {"Drafts: of which case, which form, when", "المسودات: القضية والنموذج والوقت"},
	}
}

// word is one text in the language of the index; a file that has none shows its own name.
func (x *Export) word(key string) string {
	p, ok := phrases()[key]
	switch {
	case !ok:
		return strings.TrimPrefix(key, "file.")
	case x.Lang == "ar":
		return p.ar
	}
	return p.en
}
