// Verify checks a published log with golang.org/x/mod/sumdb: tree, proofs and notes are that library's, nothing is ours
// but the reading of files, the cosignature, and the strictness that the library leaves to its callers.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const usage = `usage: verify DIR LOGVKEY [-old FILE] [-receipt FILE] WITNESSVKEY...
       verify -batch     one JSON list of these arguments per line of standard input, one answer per line
Exit code 0: accepted, every key has signed, and every file was read. 1: refused, with the reason. 2: wrong use.`

const height = 8 // of a tile: 256 hashes

// A refusal is the panic that ends a check, with its reason.
type refusal string

func must(holds bool, format string, args ...interface{}) {
	if !holds {
		panic(refusal(fmt.Sprintf(format, args...)))
	}
}

func succeed(err error) { must(err == nil, "%v", err) }

func read(name string) []byte {
	data, err := os.ReadFile(name)
	succeed(err)
	return data
}

// Numbers, base64 and hashes have one spelling each.
func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	must(err == nil && n >= 0 && strconv.FormatInt(n, 10) == text, "not a plain number: %q", text)
	return n
}

func decode(text string) []byte {
	data, err := base64.StdEncoding.DecodeString(text)
	must(err == nil && base64.StdEncoding.EncodeToString(data) == text, "not plain base64: %q", text)
	return data
}

func hash(text string) tlog.Hash {
	h, err := tlog.ParseHash(text)
	must(err == nil && h.String() == text, "not a hash in plain base64: %q", text)
	return h
}

// A cosigner verifies the cosignature/v1 of a witness: eight bytes of time, then Ed25519 over two lines and the text.
type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.id }
func (c cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(signature)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, text)
	return time > 0 && ed25519.Verify(c.key, []byte(message), signature[8:])
}

func witness(vkey string) note.Verifier {
	part := strings.SplitN(vkey, "+", 3)
	must(len(part) == 3, "not the key of a witness: %q", vkey)
	key := decode(part[2])
	id := sha256.Sum256([]byte(part[0] + "\n" + string(key)))
	must(len(key) == 33 && key[0] == 4 && part[1] == hex.EncodeToString(id[:4]), "not the key of a witness: %q", vkey)
	return cosigner{part[0], binary.BigEndian.Uint32(id[:]), key[1:]}
}

// Open returns the tree of a checkpoint. The first key is the log's; the note holds one signature of each of at least
// `atLeast` keys and no line besides, not even one of an unknown key.
func open(data []byte, keys []note.Verifier, atLeast int) tlog.Tree {
	n, err := note.Open(data, note.VerifierList(keys...))
	succeed(err)
	again, signedByLog := n.Text+"\n", false
	for _, sig := range n.Sigs {
		decode(sig.Base64)
		again += "— " + sig.Name + " " + sig.Base64 + "\n"
		signedByLog = signedByLog || sig.Name == keys[0].Name() && sig.Hash == keys[0].KeyHash()
	}
	must(again == string(data), "a signature line is double or of an unknown key")
	must(signedByLog && len(n.Sigs) >= atLeast, "%d of %d keys have signed", len(n.Sigs), len(keys))
	line := strings.Split(n.Text, "\n")
	must(len(line) == 4 && line[0] == keys[0].Name(), "not three lines that begin with the name of the log's key")
	tree := tlog.Tree{N: number(line[1]), Hash: hash(line[2])}
	must(tree.N > 0, "an empty log has nothing to check")
	return tree
}

// A folder gives the library its tiles: what x/mod calls tile/8/0/000 and tile/8/data/000 is published as tile/0/000
// and tile/entries/000.
type folder string

func published(t tlog.Tile) string {
	return strings.NewReplacer("tile/8/data/", "tile/entries/", "tile/8/", "tile/").Replace(t.Path())
}

func (folder) Height() int                     { return height }
func (folder) SaveTiles([]tlog.Tile, [][]byte) {}
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		data[i] = read(filepath.Join(string(f), published(tile)))
	}
	return data, nil
}

// Continues checks with a proof from the hashes that `old` is the beginning of `tree`.
func continues(tree, old tlog.Tree, hashes tlog.HashReader) {
	must(old.N <= tree.N, "size %d is older than size %d", tree.N, old.N)
	proof, err := tlog.ProveTree(tree.N, old.N, hashes)
	succeed(err)
	err = tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
	must(err == nil, "size %d is not the beginning of size %d: %v", old.N, tree.N, err)
}

// Entries takes a bundle of `width` entries apart.
func entries(name string, data []byte, width int) (list [][]byte) {
	for len(list) < width {
		must(len(data) >= 2 && len(data) >= 2+int(binary.BigEndian.Uint16(data)), "%s ends early", name)
		end := 2 + int(binary.BigEndian.Uint16(data))
		list, data = append(list, data[2:end]), data[end:]
	}
	must(len(data) == 0, "%s goes on behind its last entry", name)
	return list
}

// Recompute returns every hash of the tree, computed from its entries, for the tiles to be compared with. Reading the
// tiles through TileHashReader would not do: that of x/mod 0.7.0 returns hashes from tiles that it has not authenticated
// (its last loop begins at len(stx), although a tile that holds several of these hashes stands in the list once).
func recompute(dir string, tree tlog.Tree) tlog.HashReader {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	for n := int64(0); n < tree.N; {
		bundle := tlog.Tile{H: height, L: -1, N: n >> height, W: 1 << height}
		if tree.N-n < 1<<height {
			bundle.W = int(tree.N - n)
		}
		name := published(bundle)
		for _, entry := range entries(name, read(filepath.Join(dir, name)), bundle.W) {
			more, err := tlog.StoredHashes(n, entry, reader)
			succeed(err)
			stored = append(stored, more...)
			n++
		}
	}
	return reader
}

// CheckTile compares a file below tile/, which may be of an earlier size, with the recomputed hashes.
func checkTile(name string, data []byte, tree tlog.Tree, hashes tlog.HashReader) {
	tile, err := tlog.ParseTilePath("tile/8/" + strings.Replace(name[len("tile/"):], "entries/", "data/", 1))
	succeed(err)
	if tile.L < 0 {
		tile.L = 0
		list := entries(name, data, tile.W)
		data = nil
		for _, entry := range list {
			h := tlog.RecordHash(entry)
			data = append(data, h[:]...)
		}
	}
	must(tile.N<<height+int64(tile.W) <= tree.N>>(height*tile.L), "%s goes beyond the tree", name)
	want, err := tlog.ReadTileData(tile, hashes)
	succeed(err)
	must(len(data) == len(want), "%s has not the length of its name", name)
	for i := 0; i < len(want); i += tlog.HashSize {
		must(bytes.Equal(data[i:i+tlog.HashSize], want[i:i+tlog.HashSize]),
			"%s does not match the entries at position %d", name, i/tlog.HashSize)
	}
}

// CheckFolder reads every file of the folder; one that cannot be checked is refused, except those named here.
func checkFolder(dir string, tree tlog.Tree, keys []note.Verifier) {
	hashes := recompute(dir, tree)
	missing := map[string]bool{}
	for _, tile := range tlog.NewTiles(height, 0, tree.N) {
		if tile.W == 1<<height || tile.N<<height+int64(tile.W) == tree.N>>(height*tile.L) {
			missing[published(tile)] = true
		}
	}
	var notes []string
	succeed(filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		succeed(err)
		name, err := filepath.Rel(dir, path)
		succeed(err)
		name = filepath.ToSlash(name)
		switch {
		case entry.IsDir() || name == "checkpoint":
		case name == "keys.jsonl" || strings.HasPrefix(name, "policy/"): // copies: the log's entries decide
		case strings.HasPrefix(name, "notes/"):
			notes = append(notes, name)
		case strings.HasPrefix(name, "tile/"):
			checkTile(name, read(path), tree, hashes)
			delete(missing, name)
		default:
			must(false, "%s is no file of a log", name)
		}
		return nil
	}))
	for name := range missing {
		must(false, "%s is missing", name)
	}
	root, err := tlog.TreeHash(tree.N, hashes)
	succeed(err)
	must(root == tree.Hash, "the entries do not hash to the root of the checkpoint")
	for _, name := range notes {
		old := open(read(filepath.Join(dir, name)), keys, 1)
		must(name == fmt.Sprintf("notes/%d", old.N), "%s holds the note of size %d", name, old.N)
		continues(tree, old, hashes)
	}
}

func checkReceipt(data []byte, keys []note.Verifier) tlog.Tree {
	part := strings.SplitN(string(data), "\n\n", 2)
	line := strings.Split(part[0], "\n")
	must(len(part) == 2 && len(line) >= 3 && line[0] == "c2sp.org/tlog-proof@v1" &&
		strings.HasPrefix(line[1], "extra ") && strings.HasPrefix(line[2], "index "), "not a receipt with its leaf")
	tree := open([]byte(part[1]), keys, len(keys))
	leaf, index := decode(line[1][len("extra "):]), number(line[2][len("index "):])
	var proof tlog.RecordProof
	for _, text := range line[3:] {
		proof = append(proof, hash(text))
	}
	succeed(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaf)))
	return tree
}

// Check returns the answer for one list of arguments and its exit code.
func check(args []string) (answer string, code int) {
	options := flag.NewFlagSet("verify", flag.ContinueOnError)
	old, receipt := options.String("old", "", "an older checkpoint"), options.String("receipt", "", "a receipt")
	if len(args) < 2 || options.Parse(args[2:]) != nil {
		return usage, 2
	}
	defer func() {
		if problem := recover(); problem != nil {
			reason, ok := problem.(refusal)
			if !ok {
				panic(problem)
			}
			answer, code = "refused: "+strings.ReplaceAll(string(reason), "\n", " "), 1
		}
	}()
	logKey, err := note.NewVerifier(args[1])
	succeed(err)
	keys := []note.Verifier{logKey}
	for _, vkey := range options.Args() {
		keys = append(keys, witness(vkey))
	}
	tree := open(read(filepath.Join(args[0], "checkpoint")), keys, len(keys))
	checkFolder(args[0], tree, keys)
	tiles := tlog.TileHashReader(tree, folder(args[0]))
	if *old != "" {
		continues(tree, open(read(*old), keys, len(keys)), tiles)
	}
	if *receipt != "" {
		continues(tree, checkReceipt(read(*receipt), keys), tiles)
	}
	return fmt.Sprintf("accepted: %d entries, %d keys", tree.N, len(keys)), 0
}

func main() {
	if len(os.Args) != 2 || os.Args[1] != "-batch" {
		answer, code := check(os.Args[1:])
		fmt.Println(answer)
		os.Exit(code)
	}
	for lines := json.NewDecoder(os.Stdin); lines.More(); {
		var args []string
		if err := lines.Decode(&args); err != nil {
			fmt.Println(usage)
			os.Exit(2)
		}
		answer, _ := check(args)
		fmt.Println(answer)
	}
}
