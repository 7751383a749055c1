package store_test

import (
	"testing"

	"haris/internal/store/storetest"
)

func TestCases(t *testing.T) { storetest.Each(t, storetest.Cases) }

func TestArranged(t *testing.T) { storetest.Each(t, storetest.Arranged) }

func TestSplits(t *testing.T) { storetest.Each(t, storetest.Splits) }

func TestQueues(t *testing.T) { storetest.Each(t, storetest.Queues) }

func TestJobs(t *testing.T) { storetest.Each(t, storetest.Jobs) }

func TestAudit(t *testing.T) { storetest.Each(t, storetest.Audit) }

func TestReports(t *testing.T) { storetest.Each(t, storetest.Reports) }

func TestExposure(t *testing.T) { storetest.Each(t, storetest.Exposure) }

// TestExposureLimits checks on every engine how limits and rests are kept.
func TestExposureLimits(t *testing.T) { storetest.Each(t, storetest.ExposureLimits) }

func TestProcesses(t *testing.T) { storetest.Each(t, storetest.Processes) }

func TestDisclosures(t *testing.T) { storetest.Each(t, storetest.Disclosures) }

func TestBanks(t *testing.T) { storetest.Each(t, storetest.Banks) }

func TestExchanges(t *testing.T) { storetest.Each(t, storetest.Exchanges) }

func TestDrafts(t *testing.T) { storetest.Each(t, storetest.Drafts) }

func TestRulebook(t *testing.T) { storetest.Each(t, storetest.Rulebook) }

func TestAccessReviews(t *testing.T) { storetest.Each(t, storetest.Access) }

func TestSearch(t *testing.T) { storetest.Each(t, storetest.Search) }

func TestScopes(t *testing.T) { storetest.Each(t, storetest.Scopes) }
