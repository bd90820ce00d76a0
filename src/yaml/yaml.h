/* yaml/yaml.h - YAML files into the document tree of json/json.h. Pure; uses libfyaml. */
#ifndef MANDATE_YAML_YAML_H
#define MANDATE_YAML_YAML_H

#include "json/json.h"

/* Read one YAML 1.2 document with the core schema.
 * Standard: YAML 1.2.2: 10.3 (core schema), narrowed for files that people must be able to trust:
 *           anchors, aliases, merge keys, tags, directives and a second document are refused;
 *           a key is a plain or quoted text and occurs once; numbers are those that JSON can write
 *           (so 0x1F, 0o17, .5, +1, .inf are refused with a hint to quote them).
 * Shape:    null, ~ and nothing give JSON_NULL; true/false give JSON_BOOL; decimal numbers keep
 *           their text ('1.10' stays 1.10); everything else, dates too, is a JSON_STRING. An empty
 *           file gives JSON_NULL. Depth NEST_DEPTH_MAX, size FILE_BYTES_MAX.
 * Owns:     *out lives in arena and borrows nothing. Each node and key carries line and column.
 * Errors:   ERR_SYNTAX, ERR_UNSUPPORTED, ERR_LIMIT with name:line:column; *out unchanged. */
MUST_USE bool yaml_read(const struct json **out, struct str source, const char *name,
                        struct arena *arena, struct budget *budget, struct err *err);

#endif
