package config

func (c *Config) authKeys() []key {
	a := &c.Auth
	return []key{
		plain("auth.second_factor", word(&a.SecondFactor, "optional", Required), "whether everyone who signs in with a password must have a second factor; who has none is led to set one up before anything else"),
	}
}
