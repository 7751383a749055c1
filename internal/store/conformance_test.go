package store_test

import (
	"testing"

	"haris/internal/store/storetest"
)

func TestCases(t *testing.T) { storetest.Each(t, storetest.Cases) }
