LIBRARY = $(patsubst $(srcdir)/%,%,$(wildcard $(srcdir)/stdlib/*/*.mgo $(srcdir)/stdlib/*/*/*.mgo $(srcdir)/stdlib/*/*/*/*.mgo $(srcdir)/stdlib/*/*/*/*/*.mgo))
LIBRARY_SRC = $(addprefix $(srcdir)/,$(LIBRARY))
# What nearly every program loads stands together in the binary, so that few of its pages are read.
FIRST = $(foreach package,errors fmt internal/stdio io runtime strconv unicode/utf8,$(wildcard $(srcdir)/stdlib/$(package)/*.mgo))

libmgo_a_SOURCES += stdlib/native.h \
  stdlib/calc.c \
  stdlib/calc.def \
  stdlib/calc.h \
  stdlib/leaf.def \
  stdlib/quick.c \
  stdlib/quick.def \
  stdlib/quick.h \
  stdlib/bytes/bytes.c \
  stdlib/compress/flate/flate.c \
  stdlib/context/context.c \
  stdlib/crypto/internal/blockhash/blockhash.c \
  stdlib/crypto/internal/blockhash/compress.c \
  stdlib/crypto/internal/blockhash/compress.h \
  stdlib/crypto/rand/rand.c \
  stdlib/crypto/subtle/subtle.c \
  stdlib/encoding/base32/base32.c \
  stdlib/encoding/base64/base64.c \
  stdlib/encoding/binary/binary.c \
  stdlib/encoding/hex/hex.c \
  stdlib/encoding/json/codec.c \
  stdlib/encoding/json/codec.h \
  stdlib/encoding/json/decode.c \
  stdlib/encoding/json/encode.c \
  stdlib/encoding/json/failure.h \
  stdlib/encoding/json/format.c \
  stdlib/encoding/json/format.h \
  stdlib/encoding/json/scan.c \
  stdlib/encoding/json/scan.h \
  stdlib/errors/errors.c \
  stdlib/ffi/callback.c \
  stdlib/ffi/ffi.c \
  stdlib/ffi/ffi.h \
  stdlib/ffi/signature.c \
  stdlib/ffi/signature.h \
  stdlib/flag/flag.c \
  stdlib/fmt/fmt.c \
  stdlib/fmt/printer.h \
  stdlib/fmt/scan.c \
  stdlib/fmt/value.c \
  stdlib/fmt/verbs.c \
  stdlib/hash/adler32/adler32.c \
  stdlib/hash/crc.def \
  stdlib/hash/crc32/crc32.c \
  stdlib/hash/crc64/crc64.c \
  stdlib/hash/fnv/fnv.c \
  stdlib/hash/maphash/maphash.c \
  stdlib/html/entities.def \
  stdlib/html/html.c \
  stdlib/internal/stdio/stdio.c \
  stdlib/internal/synctest/synctest.c \
  stdlib/math/big/big.h \
  stdlib/math/big/float.c \
  stdlib/math/big/int.c \
  stdlib/math/bits/bits.c \
  stdlib/math/elementary.c \
  stdlib/math/elementary.h \
  stdlib/math/math.c \
  stdlib/math/rand/rand.c \
  stdlib/math/rand/seeded.def \
  stdlib/math/rand/v2/v2.c \
  stdlib/math/rand/ziggurat.c \
  stdlib/math/rand/ziggurat.h \
  stdlib/net/names.c \
  stdlib/net/net.c \
  stdlib/os/os.c \
  stdlib/os/path.h \
  stdlib/os/process.c \
  stdlib/os/signal/signal.c \
  stdlib/os/removetree.c \
  stdlib/os/removetree.h \
  stdlib/os/root.c \
  stdlib/os/transfer.c \
  stdlib/os/user/user.c \
  stdlib/os/transfer.h \
  stdlib/reflect/deepequal.c \
  stdlib/reflect/reflect.c \
  stdlib/reflect/value.h \
  stdlib/regexp/dfa.c \
  stdlib/regexp/dfa.h \
  stdlib/regexp/match.c \
  stdlib/regexp/match.h \
  stdlib/regexp/parse.c \
  stdlib/regexp/parse.h \
  stdlib/regexp/parseclass.c \
  stdlib/regexp/prog.c \
  stdlib/regexp/prog.h \
  stdlib/regexp/regexp.c \
  stdlib/regexp/runeset.c \
  stdlib/regexp/runeset.h \
  stdlib/regexp/threads.c \
  stdlib/regexp/tree.h \
  stdlib/regexp/try.c \
  stdlib/runtime/debug/debug.c \
  stdlib/runtime/pprof/pprof.c \
  stdlib/runtime/trace/trace.c \
  stdlib/runtime/runtime.c \
  stdlib/sort/sort.c \
  stdlib/strconv/decimal.c \
  stdlib/strconv/decimal.h \
  stdlib/strconv/number.c \
  stdlib/strconv/number.h \
  stdlib/strconv/power.c \
  stdlib/strconv/power.h \
  stdlib/strconv/quote.c \
  stdlib/strconv/quote.h \
  stdlib/strconv/strconv.c \
  stdlib/strings/search.c \
  stdlib/strings/search.h \
  stdlib/strings/strings.c \
  stdlib/sync/atomic/atomic.c \
  stdlib/sync/sync.c \
  stdlib/sync/sync.h \
  stdlib/syscall/syscall.c \
  stdlib/testing/testing.c \
  stdlib/time/time.c \
  stdlib/unicode/sets.c \
  stdlib/unicode/sets.def \
  stdlib/unicode/sets.h \
  stdlib/unicode/ucd.c \
  stdlib/unicode/ucd.def \
  stdlib/unicode/ucd.h \
  stdlib/unicode/unicode.c \
  stdlib/unicode/utf8/utf8.c \
  stdlib/weak/weak.c
nodist_libmgo_a_SOURCES = stdlib/embedded.gen.c stdlib/natives.gen.c
BUILT_SOURCES += stdlib/natives.gen.h
CLEANFILES += stdlib/embedded.gen.c stdlib/natives.gen.c stdlib/natives.gen.h
EXTRA_DIST += tools $(LIBRARY)

EMBED = $(AWK) -v dir=$(srcdir)/stdlib/ -f $(srcdir)/tools/embed.awk
stdlib/embedded.gen.c: $(LIBRARY_SRC) $(srcdir)/tools/embed.awk $(srcdir)/stdlib/local.mk
	$(AM_V_GEN)$(MKDIR_P) stdlib && $(EMBED) -v mode=files $(FIRST) $(filter-out $(FIRST),$(LIBRARY_SRC)) > $@.tmp && mv $@.tmp $@
stdlib/natives.gen.c: $(LIBRARY_SRC) $(srcdir)/tools/embed.awk stdlib/natives.gen.h
	$(AM_V_GEN)$(MKDIR_P) stdlib && $(EMBED) -v mode=natives $(LIBRARY_SRC) > $@.tmp && mv $@.tmp $@
stdlib/natives.gen.h: $(LIBRARY_SRC) $(srcdir)/tools/embed.awk
	$(AM_V_GEN)$(MKDIR_P) stdlib && $(EMBED) -v mode=header $(LIBRARY_SRC) > $@.tmp && mv $@.tmp $@
