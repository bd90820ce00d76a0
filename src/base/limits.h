/* base/limits.h - every limit of the program, with its reason. A limit that only one folder needs
 * may stand in that folder's header instead; a number in the middle of code may not. */
#ifndef MANDATE_BASE_LIMITS_H
#define MANDATE_BASE_LIMITS_H

enum {
    ERR_TEXT_MAX = 400,   /* an error is one line a person reads in a terminal or a page */
    NEST_DEPTH_MAX = 256, /* recursion of any reader: 256 frames of ~500 bytes fit any stack */
    NAME_BYTES_MAX = 256, /* a name in any format; the longest in the standards' suites is 96 */
    FILE_BYTES_MAX = 16 << 20, /* one file of a pack: the largest MIWG model is 0.5 MB */
    PACK_FILES_MAX =
        4096, /* files in one pack: 150 matters x (matter, form, 3 scenarios, letters) */
    HTTP_HEAD_BYTES_MAX = 16384, /* request line and headers; browsers stay below 8 kB */
    HTTP_HEADERS_MAX = 64,       /* header lines; browsers send about 20 */
    FORM_FIELDS_MAX = 400,       /* fields in one form post */
    FORM_BYTES_MAX = 1 << 20,    /* one form post without files */
    UPLOAD_BYTES_MAX = 20 << 20, /* one attached file: a scanned booklet in colour is about 8 MB */
    UPLOAD_COUNT_MAX = 20,       /* files attached to one case */
    QUEUE_COMMANDS_MAX = 4096,   /* commands that wait for the writer; beyond it: 503 */
    BATCH_COMMANDS_MAX = 512,    /* commands in one commit: past 500 a commit gains nothing, and a
                                    reader of the answer waits longer */
};

#endif
