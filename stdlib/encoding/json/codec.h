/* SPDX-License-Identifier: MIT */
/* What JSON needs to know of a type, found out once for each. */
#ifndef MGO_STDLIB_ENCODING_JSON_CODEC_H
#define MGO_STDLIB_ENCODING_JSON_CODEC_H

#include "base/buf.h"
#include "stdlib/native.h"

enum { /* Codec.flags: methods of T and of *T */
       CODEC_MARSHALER = 1 << 0,
       CODEC_TEXT_MARSHALER = 1 << 1,
       CODEC_IS_ZERO = 1 << 2,
       CODEC_PTR_MARSHALER = 1 << 3,
       CODEC_PTR_TEXT_MARSHALER = 1 << 4,
       CODEC_PTR_IS_ZERO = 1 << 5,
       CODEC_UNMARSHALER = 1 << 6, /* of *T */
       CODEC_TEXT_UNMARSHALER = 1 << 7,
       CODEC_NUMBER = 1 << 8, /* json.Number */
};

/* A step through an embedded pointer on the way to a field. */
typedef struct Hop {
    uint64_t offset; /* of the pointer */
    RType *elem;     /* struct it points to */
    bool is_hidden;  /* the pointer's field is unexported */
} Hop;

typedef struct Codec Codec;

typedef struct CodecField {
    const char *name;
    uint32_t len;
    uint32_t key_len, html_key_len;
    const char *key,
        *html_key; /* "name": as it is written, without and with HTML's characters escaped */
    RType *type;
    const Hop *hops;
    uint32_t nhops;
    uint64_t offset; /* behind the last hop */
    bool omit_empty, omit_zero, is_quoted;
} CodecField;

struct Codec {
    RType *type;
    RType *ptr; /* *T, of defined types */
    uint32_t flags;
    uint32_t nfields; /* struct */
    const CodecField *fields;
    uint32_t *places; /* hash table of indices into fields, from 1; 0: free */
    uint32_t nplaces; /* a power of two */
    Codec *next;
};

/* The types that package json tells; set once, when it is initialised. */
typedef struct JsonTypes {
    RType *marshaler, *unmarshaler, *text_marshaler, *text_unmarshaler, *zeroer; /* interfaces */
    RType *number;
    RType *any_map, *any_slice; /* map[string]any, []any */
} JsonTypes;
extern JsonTypes json_types;

/* Fixed once returned. */
const Codec *codec_of(RType *type);
/* The field with this name, else the first that differs only by case, else NULL. */
const CodecField *codec_field(const Codec *codec, const char *name, size_t len);
/* Appends text as a JSON string. */
void json_quote(Buf *out, const char *text, size_t len, bool html);

#endif
