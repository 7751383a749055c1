package auth

// Permission is one thing that a person may be allowed to do.
type Permission string

// The permissions. A name that ends in ".read" changes nothing but the log of reads.
const (
	CaseRead     Permission = "case.read"
	CaseClaim    Permission = "case.claim"
	CaseNote     Permission = "case.note"
	CaseDispose  Permission = "case.dispose"
	CaseSecond   Permission = "case.second"
	CaseEscalate Permission = "case.escalate"
	CaseReopen   Permission = "case.reopen"
	// CaseRest is to put a case off, CaseMerge to merge it into another or to split it, CaseAssign to give it to somebody else and CaseMute to keep a
	// detector from raising cases about a subject. Who may decide may take a case as theirs.
	CaseRest   Permission = "case.rest"
	CaseMerge  Permission = "case.merge"
	CaseAssign Permission = "case.assign"
	CaseMute   Permission = "case.mute"
	// QueueShare is to share a queue with others; who may claim cases may keep queues of their own.
	QueueShare   Permission = "queue.share"
	ReportRead   Permission = "report.read"
	ReportEdit   Permission = "report.edit"
	ReportSubmit Permission = "report.submit"
	ActionRead   Permission = "action.read"
	// ActionAsk is to ask the platform for something about a case, and to take back what one asked for oneself.
	ActionAsk Permission = "action.ask"
	// ActionReverse is to take back what anybody asked for.
	ActionReverse Permission = "action.reverse"
	EvidenceRead  Permission = "evidence.read"
	// EvidenceView is to be shown contents, not only that they are there.
	EvidenceView   Permission = "evidence.view"
	EvidenceAdd    Permission = "evidence.add"
	EvidenceExport Permission = "evidence.export"
	EvidenceHold   Permission = "evidence.hold"
	// EvidenceDestroy is to confirm that evidence whose time is over is destroyed.
	EvidenceDestroy Permission = "evidence.destroy"
	// LegalRead, LegalHandle and LegalApprove are about legal process: to read it; to receive, review, refuse, produce and deliver
	// it; to be the second person.
	LegalRead    Permission = "legal.read"
	LegalHandle  Permission = "legal.handle"
	LegalApprove Permission = "legal.approve"
	ExposureRead Permission = "exposure.read"
	ExposureLift Permission = "exposure.lift"
	// ExposureLimit is to set limits of the day and rests for other people.
	ExposureLimit Permission = "exposure.limit"
	// BankRead is to see the banks of fingerprints, with what they hold and where it came from.
	BankRead Permission = "bank.read"
	// BankChange is to set up banks of fingerprints, and to add to them and take from them outside of a case.
	BankChange Permission = "bank.change"
	RuleRead   Permission = "rule.read"
	// RuleEdit is to write rules and weights and to propose them; RulePublish is to be the second person, who brings them into force.
	RuleEdit    Permission = "rule.edit"
	RulePublish Permission = "rule.publish"
	// TeamRead is to see how a team does: figures of queues, people and time limits.
	TeamRead Permission = "team.read"
	// QualityLook is to look at a finding of somebody else a second time.
	QualityLook Permission = "quality.look"
	// QualityLead is to set golden cases and to write notes to colleagues.
	QualityLead Permission = "quality.lead"
	// ModelUse brings a model of the stages into force.
	ModelUse      Permission = "model.use"
	LettersRead   Permission = "letters.read"
	LettersReplay Permission = "letters.replay"
	JobsRead      Permission = "jobs.read"
	JobsRequeue   Permission = "jobs.requeue"
	HealthRead    Permission = "health.read"
	PeopleRead    Permission = "people.read"
	PeopleManage  Permission = "people.manage"
	KeysRead      Permission = "keys.read"
	KeysManage    Permission = "keys.manage"
	AuditRead     Permission = "audit.read"
)

// Permissions lists every permission.
func Permissions() []Permission {
	return []Permission{
		CaseRead, CaseClaim, CaseNote, CaseDispose, CaseSecond, CaseEscalate, CaseReopen, CaseRest, CaseMerge, CaseAssign, CaseMute, QueueShare, ReportRead, ReportEdit, ReportSubmit,
		ActionRead, ActionAsk, ActionReverse, EvidenceRead, EvidenceView, EvidenceAdd, EvidenceExport, EvidenceHold, EvidenceDestroy,
		LegalRead, LegalHandle, LegalApprove, ExposureRead, ExposureLift, ExposureLimit, BankRead, BankChange, RuleRead, RuleEdit, RulePublish, TeamRead, QualityLook, QualityLead, ModelUse, LettersRead, LettersReplay, JobsRead, JobsRequeue,
		HealthRead, PeopleRead, PeopleManage, KeysRead, KeysManage, AuditRead,
	}
}

// Role is a set of permissions with a name. A person may hold several.
type Role string

// The roles.
const (
	Reviewer Role = "reviewer" // looks at cases and decides
	Lead     Role = "lead"     // a reviewer who also re-opens, reverses and keeps the flow running
	Legal    Role = "legal"    // answers legal process, holds evidence and ends its keeping; decides no case
	Admin    Role = "admin"    // manages people, keys and the machine; sees no case
	Auditor  Role = "auditor"  // reads everything, changes nothing
)

// Roles lists the roles in the order in which pages show them.
func Roles() []Role { return []Role{Reviewer, Lead, Legal, Admin, Auditor} }

// ParseRole reads a role's name; ok is false for a word that is not one.
func ParseRole(s string) (r Role, ok bool) {
	for _, r := range Roles() {
		if string(r) == s {
			return r, true
		}
	}
	return "", false
}

// allowed is the table: what is not written here is denied.
func allowed(r Role, p Permission) bool {
	switch r {
	case Reviewer:
		return reviewerMay(p)
	case Lead:
		return reviewerMay(p) || leadMay(p)
	case Legal:
		return legalMay(p)
	case Admin:
		return adminMay(p)
	case Auditor:
		return auditorMay(p)
	}
	return false
}

func reviewerMay(p Permission) bool {
	switch p {
	case CaseRead, CaseClaim, CaseNote, CaseDispose, CaseSecond, CaseEscalate, CaseRest, CaseMerge, ReportRead, ReportEdit, ReportSubmit,
		ActionRead, ActionAsk, EvidenceRead, EvidenceView, EvidenceAdd, BankRead, RuleRead, HealthRead,
		QualityLook:
		return true
	}
	return false
}

func leadMay(p Permission) bool {
	switch p {
	case CaseReopen, CaseAssign, CaseMute, QueueShare, ActionReverse, EvidenceExport, EvidenceHold, EvidenceDestroy, LegalRead, LegalApprove, ExposureRead, ExposureLift, ExposureLimit, BankChange, LettersRead, LettersReplay, JobsRead, JobsRequeue, PeopleRead,
		TeamRead, QualityLead, RuleEdit, RulePublish:
		return true
	}
	return false
}

func legalMay(p Permission) bool {
	switch p {
	case LegalRead, LegalHandle, LegalApprove, CaseRead, ReportRead, ActionRead, EvidenceRead, EvidenceExport, EvidenceHold, EvidenceDestroy, HealthRead:
		return true
	}
	return false
}

func adminMay(p Permission) bool {
	switch p {
	case PeopleRead, PeopleManage, KeysRead, KeysManage, LettersRead, LettersReplay, JobsRead, JobsRequeue, HealthRead, RuleRead, RulePublish, ModelUse:
		return true
	}
	return false
}

func auditorMay(p Permission) bool {
	switch p {
	case CaseRead, ReportRead, ActionRead, EvidenceRead, LegalRead, ExposureRead, BankRead, RuleRead, TeamRead, LettersRead, JobsRead, HealthRead, PeopleRead, KeysRead, AuditRead:
		return true
	}
	return false
}
