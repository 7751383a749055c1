package cybertip

func (b *builder) report(t sharedTypes) *element {
	batched := &complexType{name: "batchedReport", content: contentEmpty, attrs: []attribute{
		{name: "reason", required: true, simple: enum("batchReason", []BatchReason{BatchViralMeme})},
	}}
	b.types = append(b.types, batched)
	return sub("report", b.seq("report",
		sub("batchedReport", batched).why("several accounts, one viral file"),
		sub("incidentSummary", b.incidentSummary(t)).one(),
		sub("internetDetails", b.internetDetails(t)).many(),
		sub("lawEnforcement", b.lawEnforcement(t)),
		sub("reporter", b.reporter(t)).one(),
		sub("personOrUserReported", b.personOrUserReported(t)).many().why("more than one only in a batched report"),
		sub("intendedRecipient", b.intendedRecipient(t)).many(),
		sub("victim", b.victim(t)).many(),
		el("additionalInfo", t.str),
	)).one()
}

func (b *builder) incidentSummary(t sharedTypes) *complexType {
	annotations := b.all("reportAnnotations",
		marker("sextortion", "associated with sextortion"),
		marker("csamSolicitation", "solicitation of abuse material"),
		marker("minorToMinorInteraction", "interaction between minors"),
		marker("spam", "spam"),
		marker("sadisticOnlineExploitation", "sadistic online exploitation"),
		marker("informational", "meaning not published").from(Profile202608, CertaintyHigh),
		marker("potentialAggravatingFactors", "meaning not published").from(Profile202608, CertaintyMedium),
		marker("instrumentalUse", "meaning not published").from(Profile202608, CertaintyMedium),
	)
	return b.seq("incidentSummary",
		el("incidentType", enum("incidentType", IncidentTypes())).one(),
		el("platform", t.str).len(256).why("full name of the application where it occurred"),
		el("escalateToHighPriority", t.str).len(3000).must(checkNotBlank).why("a reason in words, not a boolean; being there escalates"),
		sub("reportAnnotations", annotations),
		el("incidentDateTime", t.dateTime).one().must(checkPast),
		el("incidentDateTimeDescription", t.str).len(3000),
	)
}

func (b *builder) internetDetails(t sharedTypes) *complexType {
	web := b.seq("webPageIncident",
		el("url", t.str).many().len(2083).must(checkURL),
		el("additionalInfo", t.str),
	).with(attribute{name: "thirdPartyHostedContent", simple: t.boolean})
	email := b.seq("emailIncident",
		sub("emailAddress", t.email).many(),
		el("content", t.str).why("headers, subject and text"),
		el("additionalInfo", t.str),
	)
	news := b.seq("newsgroupIncident",
		el("name", t.str).len(255),
		sub("emailAddress", t.email).many(),
		el("content", t.str),
		el("additionalInfo", t.str),
	)
	chat := b.seq("chatImIncident",
		el("chatClient", t.str).len(255),
		el("chatRoomName", t.str).len(255),
		el("content", t.str).why("the conversation"),
		el("additionalInfo", t.str),
	)
	game := b.seq("onlineGamingIncident",
		el("gameName", t.str).len(255),
		el("console", t.str).len(255),
		el("content", t.str),
		el("additionalInfo", t.str),
	)
	cell := b.seq("cellPhoneIncident",
		sub("phoneNumber", t.phone),
		el("latitude", simple(baseDouble)).must(checkLatitude),
		el("longitude", simple(baseDouble)).must(checkLongitude),
		el("additionalInfo", t.str),
	)
	place := b.seq("nonInternetIncident",
		el("locationName", t.str).len(255),
		sub("incidentAddress", t.address).many(),
		el("additionalInfo", t.str),
	)
	p2p := b.seq("peer2peerIncident",
		el("client", t.str).len(255),
		sub("ipCaptureEvent", t.ip).many(),
		el("fileNames", t.str).why("one text, not a list"),
		el("additionalInfo", t.str),
	)
	return b.choice("internetDetails",
		sub("webPageIncident", web), sub("emailIncident", email), sub("newsgroupIncident", news), sub("chatImIncident", chat),
		sub("onlineGamingIncident", game), sub("cellPhoneIncident", cell), sub("nonInternetIncident", place), sub("peer2peerIncident", p2p),
	)
}

func (b *builder) lawEnforcement(t sharedTypes) *complexType {
	served := b.value("servedLegalProcessInternational", t.boolean, limit{}, attribute{name: "fleaCountry", simple: t.country})
	return b.seq("lawEnforcement",
		el("agencyName", t.str).one().len(255).must(checkNotBlank),
		el("caseNumber", t.str).len(100),
		sub("officerContact", t.contact),
		el("reportedToLe", t.boolean),
		el("servedLegalProcessDomestic", t.boolean),
		sub("servedLegalProcessInternational", served),
	)
}

func (b *builder) reporter(t sharedTypes) *complexType {
	return b.seq("reporter",
		sub("reportingPerson", t.person).one().why("the documentation requires an email"),
		sub("contactPerson", t.contact).why("whom law enforcement should contact"),
		el("companyTemplate", t.str),
		el("termsOfService", t.str),
		el("legalURL", t.str).len(2083).must(checkURL),
	)
}
