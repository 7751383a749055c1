package main

import (
	"cmp"
	"slices"
)

type scored struct {
	score  float64
	attack bool
}

// curve returns the area under the ROC curve (ties count half) and the average precision (ties are one threshold).
func curve(list []scored) (auc, ap float64) {
	slices.SortFunc(list, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	var tp, fp, area float64
	for i := 0; i < len(list); {
		j, t, f := i, 0.0, 0.0
		for ; j < len(list) && list[j].score == list[i].score; j++ {
			if list[j].attack {
				t++
			} else {
				f++
			}
		}
		area += f * (tp + t/2)
		tp, fp = tp+t, fp+f
		ap += t * tp / (tp + fp)
		i = j
	}
	if tp == 0 || fp == 0 {
		return 0, 0
	}
	return area / (tp * fp), ap / tp
}
