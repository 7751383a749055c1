package console

import (
	"net/http"

	"haris/internal/auth"
)

// audience says who may come to a route. The zero value lets nobody in.
type audience uint8

const (
	nobody    audience = iota
	anyone             // before sign-in too
	signedIn           // whatever the role
	permitted          // with the route's permission
)

// route is one line of the table.
type route struct {
	method, pattern string
	access          audience
	need            auth.Permission // with permitted
	still           bool            // a file: neither session nor log line
	upload          bool            // a form that is read as it comes, and checks its token itself
	early           bool            // for who must set up a second factor before anything else
	// fresh asks for a proof of who the person is that is not older than auth.ProofLife. It is the page on which the form stands.
	fresh string
	whole bool // counts over all cases: for nobody from whom one is hidden
	do    func(*console, http.ResponseWriter, *request) error
}

// routes is the whole table; there is no other way in.
func routes() []route {
	get, post := http.MethodGet, http.MethodPost
	open := func(m, p string, do func(*console, http.ResponseWriter, *request) error) route {
		return route{method: m, pattern: p, access: anyone, do: do}
	}
	self := func(m, p string, do func(*console, http.ResponseWriter, *request) error) route {
		return route{method: m, pattern: p, access: signedIn, do: do}
	}
	early := func(m, p string, do func(*console, http.ResponseWriter, *request) error) route {
		return route{method: m, pattern: p, access: signedIn, early: true, do: do}
	}
	may := func(need auth.Permission, m, p string, do func(*console, http.ResponseWriter, *request) error) route {
		return route{method: m, pattern: p, access: permitted, need: need, do: do}
	}
	fresh := func(page string, r route) route {
		r.fresh = page
		return r
	}
	whole := func(r route) route {
		r.whole = true
		return r
	}
	return []route{
		{method: get, pattern: "/asset/", access: anyone, still: true, do: (*console).asset},
		open(get, "/sign-in", (*console).signInShow),
		open(post, "/sign-in", (*console).signIn),
		open(get, "/link", (*console).linkShow),
		open(post, "/link", (*console).linkUse),
		self(get, "/{$}", (*console).home),
		open(get, "/sign-in/second", (*console).secondShow),
		open(post, "/sign-in/second", (*console).second),
		early(post, "/sign-out", (*console).signOut),
		early(post, "/language", (*console).language),
		early(get, "/me", (*console).me),
		self(get, "/help", (*console).help),
		self(post, "/me/reading", (*console).readingSet),
		self(post, "/me/soft", (*console).softSet),
		fresh("/me/factor", early(post, "/me/factor", (*console).factorBegin)),
		fresh("/me/factor", early(get, "/me/factor", (*console).factorShow)),
		fresh("/me/factor", early(post, "/me/factor/confirm", (*console).factorConfirm)),
		fresh("/me", self(post, "/me/factor/remove", (*console).factorRemove)),
		fresh("/me", self(post, "/me/codes", (*console).codesRenew)),
		early(get, "/prove", (*console).proveShow),
		early(post, "/prove", (*console).prove),
		early(post, "/prove/passkey/ask", (*console).provePasskeyAsk),
		early(post, "/prove/passkey", (*console).provePasskey),
		early(get, "/prove/oidc", (*console).proveOIDC),
		self(post, "/me/session/{ref}/end", (*console).sessionEnd),
		self(post, "/me/session/end", (*console).sessionsEnd),
		fresh("/me", self(post, "/me/passkey/ask", (*console).passkeyAsk)),
		fresh("/me", self(post, "/me/passkey", (*console).passkeyAdd)),
		fresh("/me", self(post, "/me/passkey/{ref}/remove", (*console).passkeyRemove)),
		open(post, "/sign-in/passkey/ask", (*console).passkeySignInAsk),
		open(post, "/sign-in/passkey", (*console).passkeySignIn),
		open(get, "/sign-in/oidc", (*console).oidcBegin),
		open(get, auth.OIDCBack, (*console).oidcBack),

		may(auth.CaseRead, get, "/queue", (*console).queue),
		may(auth.CaseClaim, post, "/queue/next", (*console).queueNext),
		may(auth.CaseRest, post, "/queue/bulk", (*console).bulk),
		may(auth.CaseRest, post, "/queue/bulk/do", (*console).bulkDo),
		may(auth.CaseRead, get, "/queues", (*console).queues),
		may(auth.CaseClaim, post, "/queues", (*console).queueSave),
		may(auth.CaseClaim, post, "/queues/round", (*console).roundChange),
		may(auth.CaseClaim, post, "/queues/{id}", (*console).queueChange),
		may(auth.QueueShare, get, "/queues/{id}/people", (*console).queuePeople),
		may(auth.QueueShare, post, "/queues/{id}/people", (*console).queuePeopleSet),
		may(auth.CaseClaim, post, "/queues/{id}/delete", (*console).queueDelete),
		may(auth.CaseNote, post, "/case/{id}/here", (*console).caseHere),
		may(auth.CaseRead, get, "/find", (*console).findShow),
		may(auth.CaseRead, post, "/find", (*console).find),
		may(auth.CaseRead, get, "/case/{id}", (*console).caseShow),
		may(auth.CaseClaim, post, "/case/{id}/claim", (*console).caseClaim),
		may(auth.CaseClaim, post, "/case/{id}/release", (*console).caseRelease),
		may(auth.CaseNote, post, "/case/{id}/note", (*console).caseNote),
		may(auth.CaseNote, post, "/case/{id}/draft", (*console).caseDraft),
		may(auth.CaseNote, post, "/case/{id}/draft/drop", (*console).caseDraftDrop),
		may(auth.CaseNote, post, "/case/{id}/mark", (*console).caseMark),
		may(auth.CaseNote, post, "/case/{id}/translate", (*console).caseTranslate),
		may(auth.CaseDispose, post, "/case/{id}/dispose", (*console).caseDispose),
		may(auth.CaseSecond, post, "/case/{id}/second", (*console).caseSecond),
		may(auth.CaseEscalate, post, "/case/{id}/escalate", (*console).caseEscalate),
		may(auth.CaseRest, post, "/case/{id}/rest", (*console).caseRest),
		may(auth.CaseRest, post, "/case/{id}/wake", (*console).caseWake),
		may(auth.CaseDispose, post, "/case/{id}/assign", (*console).caseAssign),
		may(auth.CaseMerge, post, "/case/{id}/merge", (*console).caseMerge),
		may(auth.CaseMerge, post, "/case/{id}/split", (*console).caseSplit),
		may(auth.CaseMute, post, "/case/{id}/mute", (*console).caseMute),
		may(auth.CaseRead, get, "/mute", (*console).mutes),
		may(auth.CaseMute, post, "/mute/{id}/end", (*console).muteEnd),
		may(auth.EvidenceHold, post, "/case/{id}/hold", (*console).caseHold),
		may(auth.EvidenceHold, post, "/case/{id}/hold/release", (*console).caseUnhold),
		may(auth.EvidenceHold, post, "/case/{id}/extend", (*console).caseExtend),
		may(auth.CaseReopen, post, "/case/{id}/reopen", (*console).caseReopen),
		may(auth.ActionAsk, post, "/case/{id}/answer", (*console).caseAnswer),
		may(auth.ActionAsk, post, "/case/{id}/ask", (*console).caseAsk),
		may(auth.ActionAsk, post, "/case/{id}/action/{action}/reverse", (*console).actionReverse), // of others: auth.ActionReverse

		may(auth.ReportRead, get, "/case/{id}/report", (*console).caseReports),
		may(auth.ReportEdit, post, "/case/{id}/report", (*console).reportCreate),
		may(auth.ReportRead, get, "/report", (*console).reports),
		may(auth.ReportRead, get, "/report/{id}", (*console).reportShow),
		may(auth.ReportEdit, post, "/report/{id}", (*console).reportSave),
		may(auth.ReportRead, get, "/report/{id}/preview", (*console).reportPreview),
		may(auth.ReportRead, get, "/report/{id}/changes", (*console).reportChanges),
		may(auth.ReportEdit, post, "/report/{id}/dry-run", (*console).reportDryRun),
		may(auth.ReportSubmit, post, "/report/{id}/second", (*console).reportSecond),
		may(auth.ReportRead, get, "/report/{id}/preview.pdf", (*console).reportPaper),
		may(auth.ReportRead, get, "/report/{id}/handover", (*console).handover),
		fresh("/report/{id}/handover", may(auth.ReportSubmit, post, "/report/{id}/handover", (*console).handOver)),
		fresh("/report/{id}/handover", may(auth.ReportSubmit, get, "/report/{id}/handover/{n}", (*console).handoverFile)),
		may(auth.ReportSubmit, post, "/report/{id}/submit", (*console).reportSubmit),
		may(auth.ReportSubmit, post, "/report/{id}/resolve", (*console).reportResolve),

		may(auth.EvidenceRead, get, "/case/{id}/evidence", (*console).evidenceList),
		{method: post, pattern: "/case/{id}/evidence", access: permitted, need: auth.EvidenceAdd, upload: true, do: (*console).evidenceAdd},
		may(auth.EvidenceRead, get, "/evidence/{item}", (*console).evidenceShow),
		may(auth.EvidenceView, post, "/evidence/{item}/show", (*console).evidenceBegin),
		may(auth.EvidenceView, post, "/evidence/{item}/looked", (*console).evidenceLooked),
		may(auth.EvidenceView, post, "/evidence/{item}/hide", (*console).evidenceHide),
		may(auth.EvidenceView, get, "/evidence/{item}/contents", (*console).evidenceContents),
		may(auth.EvidenceView, get, "/evidence/{item}/likeness", (*console).evidenceLikeness),
		may(auth.ExposureRead, get, "/exposure", (*console).exposures),
		may(auth.ExposureLift, post, "/exposure/{person}/lift", (*console).exposureLift),
		may(auth.ExposureLimit, post, "/exposure/limit", (*console).exposureLimit),
		may(auth.ExposureLimit, post, "/exposure/rest", (*console).exposureRest),
		may(auth.ExposureLimit, post, "/exposure/{person}/return", (*console).exposureReturn),
		may(auth.ExposureLimit, post, "/exposure/rotation", (*console).exposureRotation),
		may(auth.ExposureLimit, post, "/exposure/{person}/rotation/end", (*console).exposureRotationEnd),
		may(auth.CaseClaim, post, "/me/rotation", (*console).meRotation),
		may(auth.CaseClaim, post, "/me/rotation/end", (*console).meRotationEnd),
		may(auth.EvidenceView, post, "/me/limit", (*console).meLimit),
		may(auth.EvidenceView, post, "/me/rest", (*console).meRest),
		may(auth.EvidenceView, post, "/me/rest/end", (*console).meReturn),

		may(auth.LegalRead, get, "/legal", (*console).legal),
		{method: post, pattern: "/legal", access: permitted, need: auth.LegalHandle, upload: true, do: (*console).legalReceive},
		may(auth.LegalRead, get, "/legal/{id}", (*console).processShow),
		may(auth.LegalHandle, post, "/legal/{id}/review", (*console).processReview),
		fresh("/legal/{id}", may(auth.LegalApprove, post, "/legal/{id}/approve", (*console).processApprove)),
		may(auth.LegalHandle, post, "/legal/{id}/refuse", (*console).processRefuse),
		may(auth.LegalHandle, post, "/legal/{id}/rescope", (*console).processRescope),
		fresh("/legal/{id}", may(auth.LegalHandle, post, "/legal/{id}/produce", (*console).processProduce)),
		fresh("/legal/{id}", may(auth.LegalHandle, post, "/legal/{id}/package", (*console).processPackage)),
		may(auth.LegalHandle, post, "/legal/{id}/deliver", (*console).processDeliver),
		fresh("/legal/{id}", may(auth.LegalHandle, post, "/legal/{id}/destroy", (*console).processDestroy)),
		may(disclosureRead, get, "/disclosures", (*console).disclosures),
		may(disclosureRead, post, "/disclosures", (*console).disclosures), // a question whose words stand in no address
		may(auth.LegalRead, get, "/keeping", (*console).keeping),
		fresh("/keeping", may(auth.EvidenceDestroy, post, "/keeping/{id}/destroy", (*console).keepingDestroy)),
		may(auth.LegalRead, get, "/keeping/{id}/certificate", (*console).keepingCertificate),

		may(auth.BankRead, get, "/banks", (*console).banks),
		may(auth.BankChange, post, "/banks", (*console).bankCreate),
		may(auth.BankRead, get, "/bank/{id}", (*console).bankShow),
		may(auth.BankChange, post, "/bank/{id}", (*console).bankSet),
		fresh("/bank/{id}", may(auth.BankChange, get, "/bank/{id}/list.csv", (*console).bankList)),
		may(auth.BankChange, post, "/bank/{id}/entry", (*console).bankAdd),
		may(auth.BankChange, post, "/bank/{id}/entry/{entry}/retire", (*console).bankRetire),
		may(auth.BankChange, post, "/bank/{id}/entry/{entry}/restore", (*console).bankRestore),
		may(auth.BankChange, post, "/sweep", (*console).sweepTurn),
		may(auth.HealthRead, get, "/exchanges", (*console).exchanges),
		may(auth.BankChange, post, "/exchanges/{name}/sync", (*console).exchangeSync),
		may(auth.BankChange, post, "/exchanges/{name}/accept", (*console).exchangeAccept),

		may(auth.LettersRead, get, "/letter", (*console).letters),
		may(auth.LettersReplay, post, "/letter/{id}/replay", (*console).letterReplay),
		may(auth.JobsRead, get, "/job", (*console).jobs),
		may(auth.JobsRequeue, post, "/job/{id}/requeue", (*console).jobRequeue),
		may(auth.HealthRead, get, "/health", (*console).health),
		may(auth.CaseRead, get, "/quality", (*console).quality),
		may(auth.CaseRead, get, "/quality/{id}/{n}", (*console).lookShow),
		may(auth.QualityLook, post, "/quality/{id}/{n}", (*console).lookTake),
		may(auth.QualityLead, post, "/quality/{id}/{n}/retire", (*console).goldenRetire),
		may(auth.QualityLook, post, "/quality/note/{id}", (*console).noteAnswer),
		may(auth.QualityLead, post, "/case/{id}/golden", (*console).caseGolden),
		may(auth.QualityLead, post, "/case/{id}/coach", (*console).caseCoach),
		whole(may(auth.TeamRead, get, "/dashboard", (*console).dashboard)),
		whole(may(auth.TeamRead, get, "/dashboard/{file}", (*console).dashboardFile)),
		may(auth.RuleRead, get, "/learning", (*console).learning),
		may(auth.RuleRead, get, "/learning.csv", (*console).learningList),
		may(auth.RuleRead, get, "/rules", (*console).rules),
		may(auth.RuleRead, get, "/rules/history", (*console).rulesHistory),
		may(auth.RuleEdit, get, "/rules/edit", (*console).rulesEdit),
		may(auth.RuleEdit, post, "/rules/edit", (*console).rulesWrite),
		may(auth.RuleEdit, post, "/rules/check", (*console).rulesCheck),
		may(auth.RuleRead, get, "/rules/version/{n}", (*console).rulesVersion),
		fresh("/rules/version/{n}", may(auth.RulePublish, post, "/rules/version/{n}/publish", (*console).rulesPublish)),
		may(auth.RulePublish, post, "/rules/version/{n}/backtest", (*console).rulesBacktest),
		may(auth.RulePublish, post, "/rules/version/{n}/follow", (*console).rulesFollow),
		may(auth.RulePublish, post, "/rules/version/{n}/leave", (*console).rulesLeave),
		may(auth.RuleRead, get, "/rules/trial/{id}", (*console).rulesTrial),
		may(auth.RulePublish, post, "/rules/version/{n}/refuse", (*console).rulesRefuse),
		may(auth.RuleEdit, post, "/rules/version/{n}/withdraw", (*console).rulesWithdraw),
		may(auth.RuleEdit, post, "/rules/version/{n}/again", (*console).rulesAgain),
		whole(may(auth.AuditRead, get, "/audit", (*console).audit)),
		whole(may(auth.AuditRead, post, "/audit", (*console).audit)), // a question, as with /disclosures
		fresh("/audit", whole(may(auth.AuditRead, post, "/audit.csv", (*console).auditFile))),

		may(auth.PeopleRead, get, "/person", (*console).people),
		fresh("/person", may(auth.PeopleManage, post, "/person", (*console).personCreate)),
		fresh("/person", may(auth.PeopleManage, post, "/person/{id}/link", (*console).personLink)),
		fresh("/person", may(auth.PeopleManage, post, "/person/{id}/factor/reset", (*console).personFactorReset)),
		may(auth.QueueShare, get, "/person/{id}/round", (*console).personRound),
		may(auth.QueueShare, post, "/person/{id}/round", (*console).personRoundChange),
		may(auth.PeopleManage, get, "/person/{id}/session", (*console).personSessions),
		may(auth.PeopleManage, post, "/person/{id}/session/{ref}/end", (*console).personSessionEnd),
		fresh("/person", may(auth.PeopleManage, post, "/person/{id}/roles", (*console).personRoles)),
		fresh("/person", may(auth.PeopleManage, post, "/person/{id}/disable", (*console).personDisable)),
		fresh("/person", may(auth.PeopleManage, post, "/person/{id}/enable", (*console).personEnable)),
		fresh("/person", may(auth.PeopleManage, post, "/person/{id}/compartments", (*console).personCompartments)),
		may(auth.PeopleRead, get, "/compartments", (*console).compartments),
		fresh("/compartments", may(auth.PeopleManage, post, "/compartments", (*console).compartmentAdd)),
		fresh("/compartments", may(auth.PeopleManage, post, "/compartments/{id}", (*console).compartmentChange)),
		fresh("/compartments", may(auth.PeopleManage, post, "/compartments/{id}/remove", (*console).compartmentRemove)),
		may(accessRead, get, "/access-review", (*console).accessReviews),
		may(auth.PeopleManage, post, "/access-review", (*console).accessBegin),
		may(accessRead, get, "/access-review/{id}", (*console).accessShow),
		may(auth.PeopleManage, post, "/access-review/{id}/line/{n}", (*console).accessDecide),
		fresh("/access-review/{id}", may(auth.PeopleManage, post, "/access-review/{id}/line/{n}/take", (*console).accessTake)),
		fresh("/access-review/{id}", may(auth.PeopleManage, post, "/access-review/{id}/close", (*console).accessClose)),
		may(accessRead, get, "/access-review/{id}/document", (*console).accessDocument),
		may(accessRead, get, "/access-review/{id}/list.csv", (*console).accessList),
		may(auth.KeysRead, get, "/key", (*console).keys),
		fresh("/key", may(auth.KeysManage, post, "/key", (*console).keyCreate)),
		may(auth.KeysManage, post, "/key/{id}/revoke", (*console).keyRevoke),
	}
}

// home sends a person to the first page that they may see.
func (c *console) home(w http.ResponseWriter, r *request) error {
	for _, n := range navigation() {
		if r.person.Can(n.need) && (r.scope.All() || !c.whole[n.path]) {
			return c.see(w, r, n.path)
		}
	}
	return errForbidden
}

// place is one entry of the navigation. Key is the letter after "g" that leads there.
type place struct {
	path, word, key string
	need            auth.Permission
}

func navigation() []place {
	return []place{
		{"/queue", "nav.queue", "q", auth.CaseRead},
		{"/mute", "nav.mutes", "m", auth.CaseRead},
		{"/find", "nav.find", "f", auth.CaseRead},
		{"/report", "nav.reports", "t", auth.ReportRead},
		{"/banks", "nav.banks", "b", auth.BankRead},
		{"/dashboard", "nav.dashboard", "d", auth.TeamRead},
		{"/quality", "nav.quality", "s", auth.QualityLook},
		{"/exposure", "nav.exposure", "e", auth.ExposureRead},
		{"/legal", "nav.legal", "w", auth.LegalRead},
		{"/keeping", "nav.keeping", "r", auth.LegalRead},
		{"/exchanges", "nav.exchanges", "x", auth.HealthRead},
		{"/letter", "nav.letters", "l", auth.LettersRead},
		{"/job", "nav.jobs", "j", auth.JobsRead},
		{"/health", "nav.health", "h", auth.HealthRead},
		{"/rules", "nav.rules", "u", auth.RuleRead},
		{"/learning", "nav.learning", "n", auth.RuleRead},
		{"/person", "nav.people", "p", auth.PeopleRead},
		{"/access-review", "nav.access", "y", accessRead},
		{"/compartments", "nav.compartments", "o", auth.PeopleRead},
		{"/key", "nav.keys", "k", auth.KeysRead},
		{"/audit", "nav.audit", "a", auth.AuditRead},
	}
}

// backstage are the pages that are about the machine and its people rather than about cases; the navigation keeps them in one menu.
func backstage() []string {
	return []string{"/mute", "/exchanges", "/letter", "/job", "/health", "/rules", "/learning", "/person", "/access-review", "/compartments", "/key", "/audit"}
}
