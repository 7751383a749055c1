package cybertip

// sharedTypes are the types that several documents use.
type sharedTypes struct {
	str, boolean, dateTime, country, event             *simpleType
	phone, email, address, ip, device, location        *complexType
	tempDisabled, permDisabled, person, contact, assoc *complexType
}

func (b *builder) shared() sharedTypes {
	t := sharedTypes{
		str: simple(baseString), boolean: simple(baseBoolean), dateTime: simple(baseDateTime),
		country: enum("country", Countries()),
		event:   enum("eventName", []EventName{EventLogin, EventRegistration, EventPurchase, EventUpload, EventOther, EventUnknown}),
	}
	b.contactTypes(&t)
	b.captureTypes(&t)
	b.personTypes(&t)
	t.assoc = b.associatedAccount(t)
	return t
}

func (b *builder) contactTypes(t *sharedTypes) {
	past := limit{check: checkPast}
	t.phone = b.value("phone", t.str, limit{max: 50},
		attribute{name: "type", simple: enum("phoneType", []PhoneType{
			PhoneMobile, PhoneHome, PhoneBusiness, PhoneWork, PhoneFax, PhoneInternet, PhoneRecovery,
		})},
		attribute{name: "verified", simple: t.boolean},
		attribute{name: "verificationDate", simple: t.dateTime, limit: past},
		attribute{name: "countryCallingCode", simple: t.str, limit: limit{check: checkCallingCode}},
		attribute{name: "extension", simple: t.str, limit: limit{check: checkExtension, max: 10}},
	)
	t.email = b.value("email", t.str, limit{max: 255, check: checkEmail},
		attribute{name: "type", simple: enum("emailType", []EmailType{EmailHome, EmailWork, EmailBusiness, EmailRecovery})},
		attribute{name: "verified", simple: t.boolean},
		attribute{name: "verificationDate", simple: t.dateTime, limit: past},
	)
	t.address = b.seq("address",
		el("address", t.str).len(255),
		el("city", t.str).len(100),
		el("zipCode", t.str).len(20),
		el("state", enum("state", States())).why("code of a state of the United States"),
		el("nonUsaState", t.str).len(100),
		el("country", t.country),
	).with(attribute{name: "type", simple: enum("addressType", []AddressType{
		AddressHome, AddressBusiness, AddressBilling, AddressShipping, AddressTechnical,
	})})
}

func (b *builder) captureTypes(t *sharedTypes) {
	past := limit{check: checkPast}
	t.ip = b.seq("ipCaptureEvent",
		el("ipAddress", t.str).one().must(checkIP).why("IPv4, IPv6 or IPv4 mapped into IPv6"),
		el("eventName", t.event),
		el("dateTime", t.dateTime).must(checkPast),
		el("possibleProxy", t.boolean),
		el("port", simple(baseInt)).must(checkPort),
	)
	t.device = b.seq("deviceId",
		el("idType", t.str).one().len(255).must(checkNotBlank).why("for example IMEI, ICCID, SSID"),
		el("idValue", t.str).one().len(2083).must(checkNotBlank),
		el("eventName", t.event),
		el("dateTime", t.dateTime).must(checkPast),
	)
	t.location = b.seq("estimatedLocation",
		el("city", t.str).len(255),
		el("region", t.str).len(255).why("state code when countryCode is US"),
		el("countryCode", t.country).why("the documentation requires it, the schema does not"),
	).with(attribute{name: "verified", simple: t.boolean}, attribute{name: "timestamp", simple: t.dateTime, limit: past})
	disabled := []attribute{
		{name: "disabledDate", simple: t.dateTime, limit: past},
		{name: "userNotified", simple: t.boolean},
		{name: "userNotifiedDate", simple: t.dateTime, limit: past},
	}
	t.tempDisabled = b.value("accountTemporarilyDisabled", t.boolean, limit{}, disabled...).
		with(attribute{name: "reenabledDate", simple: t.dateTime, limit: past})
	t.permDisabled = b.value("accountPermanentlyDisabled", t.boolean, limit{}, disabled...)
}

func (b *builder) personTypes(t *sharedTypes) {
	contact := func() []*element {
		return []*element{
			el("firstName", t.str).len(100),
			el("lastName", t.str).len(100),
			sub("phone", t.phone).many(),
			sub("email", t.email).many(),
			sub("address", t.address).many(),
		}
	}
	t.contact = b.seq("contactPerson", contact()...)
	t.person = b.seq("person", append(contact(),
		el("age", simple(baseInt)).must(checkAge),
		ageDiscrepancy(CertaintyHigh),
		el("dateOfBirth", simple(baseDate)).must(checkBirth),
	)...)
}

func ageDiscrepancy(c Certainty) *element {
	return el("ageAssertionDiscrepancy", simple(baseBoolean)).from(Profile202608, c).
		why("the age that was asserted is in doubt")
}

func (b *builder) associatedAccount(t sharedTypes) *complexType {
	platform := b.value("associatedPlatform", t.str, limit{max: 256}, attribute{name: "thirdPartyUser", simple: t.boolean})
	return b.seq("associatedAccount",
		sub("platform", platform),
		el("firstName", t.str).len(256),
		el("middleName", t.str).len(256),
		el("lastName", t.str).len(256),
		el("approximateAge", simple(baseInt)).must(checkAge).why("not together with dateOfBirth"),
		ageDiscrepancy(CertaintyMedium),
		el("dateOfBirth", simple(baseDate)).must(checkBirth),
		sub("phone", t.phone).many(),
		sub("email", t.email).many(),
		el("allEmailsReported", t.boolean),
		sub("address", t.address).many(),
		el("espService", t.str).len(256),
		el("espIdentifier", t.str).len(256),
		el("profileUrl", t.str).many().len(2083).must(checkURL),
		el("screenName", t.str).len(256),
		el("displayName", t.str).many().len(255),
		el("profileBio", t.str),
		el("groupIdentifier", t.str).len(256),
		el("compromisedAccount", t.boolean),
		sub("accountTemporarilyDisabled", t.tempDisabled),
		sub("accountPermanentlyDisabled", t.permDisabled),
		sub("ipCaptureEvent", t.ip).many(),
		sub("deviceId", t.device).many(),
		el("priorCTReport", simple(baseLong)).many().must(checkReportID).why("singular here, plural everywhere else"),
		el("additionalInfo", t.str),
	).with(attribute{name: "type", required: true, simple: enum("associatedAccountType", []AssociationType{
		AssociationBilling, AssociationLinked, AssociationBusiness, AssociationCreator, AssociationParent, AssociationOther,
	})})
}

// accountHead are the elements that begin the description of an account.
func accountHead(t sharedTypes) []*element {
	return []*element{
		el("espIdentifier", t.str).len(255),
		el("espService", t.str).len(100),
		el("compromisedAccount", t.boolean),
		el("screenName", t.str).len(256),
		el("displayName", t.str).many().len(255),
		el("profileUrl", t.str).many().len(2083).must(checkURL),
		el("profileBio", t.str),
		sub("ipCaptureEvent", t.ip).many(),
		sub("deviceId", t.device).many(),
	}
}

func priorReports() *element {
	return el("priorCTReports", simple(baseLong)).many().must(checkReportID).why("ids of earlier reports in the same environment")
}

// accountTail are the elements about the state and place of an account.
func accountTail(t sharedTypes) []*element {
	return []*element{
		sub("accountTemporarilyDisabled", t.tempDisabled),
		sub("accountPermanentlyDisabled", t.permDisabled),
		sub("estimatedLocation", t.location),
		el("allEmailsReported", t.boolean),
	}
}

func (b *builder) personOrUserReported(t sharedTypes) *complexType {
	elems := []*element{
		sub("personOrUserReportedPerson", t.person),
		el("vehicleDescription", t.str).len(300),
	}
	elems = append(elems, accountHead(t)...)
	elems = append(elems, el("thirdPartyUserReported", t.boolean), priorReports(), el("groupIdentifier", t.str).len(255))
	elems = append(elems, accountTail(t)...)
	elems = append(elems, sub("associatedAccount", t.assoc).many(), el("additionalInfo", t.str))
	return b.seq("personOrUserReported", elems...)
}

func (b *builder) intendedRecipient(t sharedTypes) *complexType {
	elems := append([]*element{sub("intendedRecipientPerson", t.person)}, accountHead(t)...)
	elems = append(elems, priorReports(), el("groupIdentifier", t.str).len(255))
	elems = append(elems, accountTail(t)...)
	elems = append(elems, el("additionalInfo", t.str).many().why("the documentation allows one, the schema any number"))
	return b.seq("intendedRecipient", elems...)
}

func (b *builder) victim(t sharedTypes) *complexType {
	elems := append([]*element{sub("victimPerson", t.person).one().why("may be empty")}, accountHead(t)...)
	elems = append(elems, el("schoolName", t.str).len(255), priorReports())
	elems = append(elems, accountTail(t)...)
	elems = append(elems, sub("associatedAccount", t.assoc).many(), el("additionalInfo", t.str))
	return b.seq("victim", elems...)
}
