// Package pdq computes the perceptual hash PDQ: 256 bits and a quality from 0 to 100 that stay nearly the same when a picture is
// scaled, recompressed or lightly edited. Two pictures are taken for the same when their hashes differ in at most 31 bits and
// both have a quality of at least 50.
//
// The hash is that of the reference at full resolution (the family Full, which pdqhash, python-threatexchange and
// Hasher-Matcher-Actioner compute), bit for bit, on every processor: no operation may be fused or reordered, and the tests hold
// it against published vectors. NN512 is the family of the reference's command line tool.
//
// A Hasher is a workspace: it is made once, hashes any number of pictures one after the other, and allocates nothing for a
// picture once its buffers have grown to the largest size seen. The package takes decoded pictures; pdq/decode reads files.
//
// The algorithm is described in "PDQ: perceptual hashing" of facebook/ThreatExchange (pdq/README.md and hashing.pdf): luma, two
// passes of a box filter in each direction, 64 × 64 samples, a 16 × 16 corner of the discrete cosine transform, and a bit for
// each coefficient above the median.
package pdq
