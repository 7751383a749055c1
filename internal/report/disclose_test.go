package report_test

import (
	"haris/internal/disclosure"
	"haris/internal/store"
)

// disclosed says that the filing of the desk's report stands in the log of disclosures: once, with every file and its digest.
func (d *desk) disclosed() {
	d.Helper()
	err := d.db.Read(d.Context(), func(tx *store.Tx) error {
		list, err := tx.Disclosures().List(d.Context(), disclosure.Filter{Case: d.id})
		if err != nil {
			return err
		}
		if len(list) != 1 {
			d.Errorf("%d disclosures, want one", len(list))
			return nil
		}
		x := list[0]
		if x.To != disclosure.NCMEC || x.Who != "ada" || x.Number == "0" || x.Report == "" || x.Items[0].Name != "report.xml" {
			d.Errorf("%+v", x)
		}
		for _, i := range x.Items {
			if len(i.SHA256) != 64 {
				d.Errorf("%s has the digest %q", i.Name, i.SHA256)
			}
		}
		return nil
	})
	if err != nil {
		d.Error(err)
	}
}
