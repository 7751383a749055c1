package cybertip

import (
	"fmt"
	"strings"
)

// wholeReport applies the rules that span a report.
func (r ruleChecker) wholeReport() {
	persons := r.tree.children(0, "personOrUserReported")
	if r.tree.child(0, "batchedReport") >= 0 {
		r.batchedReport(persons)
		return
	}
	if len(persons) > 1 {
		r.report(persons[1], "", ruleOnePerson, fmt.Sprintf("%d persons are reported; a report that is not batched may name one.", len(persons)),
			"File one report per person, or name the others as associated accounts.")
	}
	if len(persons) == 0 {
		r.report(0, "", ruleNobody, "The report names no person or account.", "Add what is known: an account id, an address, a screen name.")
	}
	if r.tree.child(0, "internetDetails") < 0 {
		r.report(0, "", ruleNoPlace, "The report does not say where it happened.", "Add the kind of place, for example chatImIncident.")
	}
	r.incidentEmails(persons)
}

// incidentEmails checks that an address in the incident belongs to somebody in the report.
func (r ruleChecker) incidentEmails(persons []int32) {
	known := map[string]bool{}
	gather := func(people []int32, name string) {
		for _, p := range people {
			if who := r.tree.child(p, name); who >= 0 {
				for _, e := range r.tree.children(who, "email") {
					known[foldEmail(r.tree.nodes[e].text)] = true
				}
			}
		}
	}
	gather(persons, "personOrUserReportedPerson")
	gather(r.tree.children(0, "intendedRecipient"), "intendedRecipientPerson")
	gather(r.tree.children(0, "victim"), "victimPerson")
	for _, d := range r.tree.children(0, "internetDetails") {
		for _, name := range []string{"emailIncident", "newsgroupIncident"} {
			k := r.tree.child(d, name)
			if k < 0 {
				continue
			}
			for _, e := range r.tree.children(k, "emailAddress") {
				if !known[foldEmail(r.tree.nodes[e].text)] {
					r.report(e, "", ruleIncidentEmail, "This address belongs to nobody in the report.",
						"Add it as an email of the reported person, a recipient or a victim.")
				}
			}
		}
	}
}

func foldEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func (r ruleChecker) batchedReport(persons []int32) {
	refuse := func(i int32, what string) {
		r.report(i, "", ruleBatched, what+" may not stand in a batched report.", "Remove it, or file one report per person instead.")
	}
	for _, name := range []string{"internetDetails", "lawEnforcement", "intendedRecipient", "victim", "additionalInfo"} {
		if k := r.tree.child(0, name); k >= 0 {
			refuse(k, "<"+name+">")
		}
	}
	if summary := r.tree.child(0, "incidentSummary"); summary >= 0 {
		if k := r.tree.child(summary, "escalateToHighPriority"); k >= 0 {
			refuse(k, "<escalateToHighPriority>")
		}
	}
	for _, p := range persons {
		for k := r.tree.nodes[p].first; k >= 0; k = r.tree.nodes[k].next {
			if r.tree.nodes[k].name != "espIdentifier" {
				refuse(k, "<"+r.tree.nodes[k].name+">")
				break
			}
		}
		if k := r.tree.child(p, "espIdentifier"); k < 0 || strings.TrimSpace(r.tree.nodes[k].text) == "" {
			r.report(p, "", ruleBatched, "An account in a batched report has no espIdentifier.", "Add the account's id; nothing else is allowed.")
		}
	}
}

// fileDetails applies the rules about one file.
func (r ruleChecker) fileDetails(i int32) {
	viewed := r.tree.isTrue(i, "fileViewedByEsp")
	if k := r.tree.child(i, "exifViewedByEsp"); r.tree.isTrue(i, "exifViewedByEsp") && !viewed {
		r.report(k, "", ruleFileViewed, "The EXIF data is said to be viewed, but the file is not.",
			"Set exifViewedByEsp to false, or state fileViewedByEsp if a person truly viewed all of it.")
	}
	relevance := r.tree.child(i, "fileRelevance")
	supplemental := relevance >= 0 && r.tree.nodes[relevance].text == string(RelevanceSupplemental)
	annotations := r.tree.child(i, "fileAnnotations")
	meme := r.tree.isTrue(i, "potentialMeme") || (annotations >= 0 && r.tree.child(annotations, "potentialMeme") >= 0)
	if supplemental {
		if meme {
			r.report(relevance, "", ruleRelevance, "A supplemental file may not be a potential meme.", "Mark the file as Reported, or remove the annotation.")
		}
		if r.tree.child(i, "industryClassification") >= 0 {
			r.report(relevance, "", ruleRelevance, "A supplemental file may not carry an industry classification.",
				"Mark the file as Reported, or remove the classification.")
		}
	}
	if r.kind == KindBatchedFileDetails {
		r.batchedFile(i, supplemental, annotations)
		return
	}
	if !supplemental && r.tree.child(i, "fileViewedByEsp") < 0 {
		r.report(i, "", ruleViewedUnstated, "The report does not say whether anyone viewed the whole file; law enforcement may then need a warrant to open it.",
			"State fileViewedByEsp from the record of who viewed it.")
	}
	if !supplemental && r.tree.child(i, "publiclyAvailable") < 0 {
		r.report(i, "", rulePublicUnstated, "The report does not say whether the whole file was public.", "State publiclyAvailable.")
	}
}

func (r ruleChecker) batchedFile(i int32, supplemental bool, annotations int32) {
	const fix = "Remove it, or file one report per person instead."
	for _, name := range []string{
		"originalFileName", "locationOfFile", "originalFileHash", "ipCaptureEvent", "deviceId", "details", "additionalInfo",
	} {
		if k := r.tree.child(i, name); k >= 0 {
			r.report(k, "", ruleBatched, "<"+name+"> may not describe the file of a batched report.", fix)
		}
	}
	if supplemental {
		r.report(i, "", ruleBatched, "The file of a batched report must be Reported.", "Set fileRelevance to Reported, or leave it out.")
	}
	viral := r.tree.isTrue(i, "potentialMeme")
	if annotations >= 0 {
		for k := r.tree.nodes[annotations].first; k >= 0; k = r.tree.nodes[k].next {
			switch name := r.tree.nodes[k].name; name {
			case "viral", "potentialMeme":
				viral = true
			default:
				r.report(k, "", ruleBatched, "<"+name+"> may not annotate the file of a batched report.", fix)
			}
		}
	}
	if !viral {
		r.report(i, "", ruleBatched, "The file of a batched report must be marked as viral or as a potential meme.", "Add the annotation, or do not batch the report.")
	}
}
