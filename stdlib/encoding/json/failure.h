/* SPDX-License-Identifier: MIT */
/* Why a value could not be written or read: the C side of json.mgo's struct failure. */
#ifndef MGO_STDLIB_ENCODING_JSON_FAILURE_H
#define MGO_STDLIB_ENCODING_JSON_FAILURE_H

#include "stdlib/native.h"

typedef enum FailureKind { /* as in json.mgo */
                           FAIL_NONE,
                           FAIL_UNSUPPORTED_TYPE,  /* type */
                           FAIL_UNSUPPORTED_VALUE, /* value, text */
                           FAIL_MARSHALER,         /* type, text: the method, err */
                           FAIL_MARSHALER_SYNTAX,  /* type, text: what is wrong with its result */
                           FAIL_TEXT,              /* text */
                           FAIL_ERROR,  /* err; struct_name, field, for an UnmarshalTypeError */
                           FAIL_TYPE,   /* text: what JSON has, type, offset, struct_name, field */
                           FAIL_BASE64, /* text: what was to be base64 */
                           FAIL_KEY,    /* type of the map, err */
} FailureKind;

typedef struct Failure {
    int64_t kind;
    String text;
    Iface type; /* a nil pointer to the type */
    int64_t offset;
    String struct_name, field;
    Iface err, value;
} Failure;

/* A formatted text in collected memory. */
String json_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
