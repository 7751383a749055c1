package cybertip

func (b *builder) fileDetails(t sharedTypes) *element {
	pair := b.seq("nameValuePair", el("name", t.str).one().len(64), el("value", t.str).one())
	details := b.seq("details", sub("nameValuePair", pair).one().many()).
		with(attribute{name: "type", simple: enum("detailsType", []DetailsType{DetailsEXIF, DetailsHash})})
	hash := b.value("originalFileHash", t.str, limit{},
		attribute{name: "hashType", simple: t.str, limit: limit{max: 64}, required: true})
	typ := b.seq("fileDetails",
		el("reportId", simple(baseLong)).one().must(checkReportID),
		el("fileId", simple(baseToken)).one().must(checkNotBlank),
		el("fileName", t.str).why("in the schema, not in the documentation"),
		el("originalFileName", t.str).len(2056).why("name when the reported user uploaded it"),
		el("uploadedToEspTimestamp", t.dateTime).must(checkPast),
		el("locationOfFile", t.str).len(2083).must(checkURL),
		el("fileViewedByEsp", t.boolean).why("true only when the company viewed the entire contents"),
		el("exifViewedByEsp", t.boolean),
		el("publiclyAvailable", t.boolean).why("the entire contents were publicly accessible"),
		el("fileRelevance", enum("fileRelevance", []FileRelevance{RelevanceReported, RelevanceSupplemental})),
		el("potentialMeme", t.boolean).why("legacy; not together with fileAnnotations"),
		sub("fileAnnotations", b.fileAnnotations()),
		el("industryClassification", enum("industryClassification", []IndustryClassification{
			ClassificationA1, ClassificationA2, ClassificationB1, ClassificationB2,
		})),
		sub("originalFileHash", hash).many().why("hash when the user uploaded it"),
		sub("ipCaptureEvent", t.ip).why("at most one"),
		sub("deviceId", t.device).many(),
		sub("details", details).many(),
		el("additionalInfo", t.str).many(),
	)
	typ.particles = joinChoice(typ.particles, "potentialMeme", "fileAnnotations")
	return sub("fileDetails", typ).one()
}

// joinChoice makes two neighbouring particles alternatives of one optional place.
func joinChoice(ps []particle, first, second string) []particle {
	var out []particle
	for _, p := range ps {
		last := len(out) - 1
		if p.elems[0].name == second && last >= 0 && out[last].elems[0].name == first {
			out[last].elems = append(out[last].elems, p.elems...)
			continue
		}
		out = append(out, p)
	}
	return out
}

func (b *builder) fileAnnotations() *complexType {
	return b.all("fileAnnotations",
		marker("animeDrawingVirtualHentai", "drawn or virtual"),
		marker("potentialMeme", "shared out of mimicry, without malice"),
		marker("viral", "circulating rapidly"),
		marker("possibleSelfProduction", "perhaps produced by the person shown"),
		marker("physicalHarm", "intentional injury"),
		marker("violenceGore", "violence or gore"),
		marker("bestiality", "bestiality"),
		marker("liveStreaming", "streamed live when uploaded"),
		marker("infant", "an infant"),
		marker("generativeAi", "made with generative software"),
	)
}

func (b *builder) reportResponse() *element {
	return sub("reportResponse", b.seq("reportResponse",
		el("responseCode", simple(baseInt)).one(),
		el("responseDescription", simple(baseString)),
		el("reportId", simple(baseLong)),
		el("fileId", simple(baseToken)),
		el("hash", simple(baseString)).why("MD5 of the received bytes"),
	)).one()
}

func (b *builder) reportDoneResponse() *element {
	files := b.seq("files", el("fileId", simple(baseString)).many())
	return sub("reportDoneResponse", b.seq("reportDoneResponse",
		el("responseCode", simple(baseInt)).one(),
		el("reportId", simple(baseLong)),
		sub("files", files),
	)).one()
}
