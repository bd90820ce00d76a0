#include "app/mail.h"

#include <assert.h>
#include <inttypes.h>
#define CURL_DISABLE_TYPECHECK  /* its macros would hide that the functions are called by pointer  \
                                 */
#include <curl/curl.h>

#include "base/code.h"
#include "os/file.h"
#include "os/library.h"

enum {
    ENCODED_WORD_BYTES = 42, /* of text in one RFC 2047 word: 56 characters, the line stays < 78 */
    BASE64_LINE_BYTES = 57,  /* 76 characters: RFC 2045: 6.8 */
    CONNECT_S = 10,
    TOTAL_S = 60,
};

/* clang-format off */
#define FUNCTIONS(X) \
    X(curl_easy_cleanup) \
    X(curl_easy_init) \
    X(curl_easy_perform) \
    X(curl_easy_setopt) \
    X(curl_easy_strerror) \
    X(curl_global_init) \
    X(curl_slist_append) \
    X(curl_slist_free_all)
/* clang-format on */

static struct { FUNCTIONS(OS_LIBRARY_POINTER) } lib;
static const struct os_symbol symbols[] = {FUNCTIONS(OS_LIBRARY_SYMBOL)};
static struct os_library curl_library = {"libcurl.so.4", symbols, COUNT_OF(symbols), NULL};

bool mail_smtp_start(struct err *err) {
    if (!os_library_need(&curl_library, err))
        return false;
    return lib.curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ||
           err_set(err, ERR_IO, err_nowhere, "could not start libcurl");
}

bool mail_address_ok(struct str address) {
    size_t at = 0;
    if (address.len < 3 || address.len > 254)
        return false;
    for (size_t i = 0; i < address.len; i++) {
        char c = address.at[i];
        if (c <= ' ' || c >= 0x7F || strchr("<>()[],;:\\\"", c) != NULL)
            return false;
        at += c == '@' ? 1 : 0;
    }
    return at == 1 && address.at[0] != '@' && address.at[address.len - 1] != '@';
}

/* RFC 2047: 2 and 5: base64 words, none of them cutting a character in two. */
static void add_subject(struct buf *out, struct str subject) {
    buf_lit(out, "Subject:");
    while (subject.len > 0) {
        size_t len = MIN_OF(subject.len, (size_t)ENCODED_WORD_BYTES);
        while (len > 1 && len < subject.len && ((unsigned char)subject.at[len] & 0xC0) == 0x80)
            len--;
        buf_lit(out, " =?utf-8?B?");
        code_base64_add(out, str_sub(subject, 0, len));
        subject = (struct str){subject.at + len, subject.len - len};
        buf_add(out, subject.len > 0 ? STR("?=\r\n") : STR("?="));
    }
    buf_lit(out, "\r\n");
}

static void add_date(struct buf *out, int64_t at_us) {
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(at_us / 1000000);
    struct tm tm;
    if (gmtime_r(&seconds, &tm) == NULL)
        return;
    buf_printf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", days[tm.tm_wday], tm.tm_mday,
               months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void add_body(struct buf *out, struct str text) {
    for (size_t at = 0; at < text.len; at += BASE64_LINE_BYTES) {
        code_base64_add(out, str_sub(text, at, BASE64_LINE_BYTES));
        buf_lit(out, "\r\n");
    }
}

bool mail_format(struct buf *out, const struct mail *mail, struct err *err) {
    if (!mail_address_ok(mail->to) || !mail_address_ok(mail->from))
        return err_set(err, ERR_INVALID, err_nowhere, "message %" PRIu64 " has no usable address",
                       mail->id);
    struct str host = str_sub(mail->from, str_find_byte(mail->from, '@') + 1, mail->from.len);
    buf_printf(out, "From: <%.*s>\r\nTo: <%.*s>\r\n", STR_ARG(mail->from), STR_ARG(mail->to));
    add_subject(out, mail->subject);
    add_date(out, mail->at_us);
    buf_printf(out, "Message-ID: <mandate.%" PRIu64 ".%" PRId64 "@%.*s>\r\n", mail->id, mail->at_us,
               STR_ARG(host));
    buf_lit(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                 "Content-Type: text/plain; charset=utf-8\r\n"
                 "Content-Transfer-Encoding: base64\r\n\r\n");
    add_body(out, mail->text);
    return buf_ok(out, "a message", err);
}

bool mail_to_folder(const char *folder, const struct mail *mail, struct err *err) {
    struct buf bytes;
    char path[OS_PATH_BYTES_MAX];
    int len = snprintf(path, sizeof path, "%s/%08" PRIu64 ".eml", folder, mail->id);
    if (len < 0 || (size_t)len >= sizeof path)
        return err_set(err, ERR_LIMIT, err_nowhere, "the folder of messages has too long a name");
    buf_init(&bytes, MAIL_BYTES_MAX);
    bool ok = mail_format(&bytes, mail, err) && os_folder_make(folder, err) &&
              os_file_write(path, buf_view(&bytes), err);
    buf_done(&bytes);
    return ok;
}

static size_t smtp_read(char *out, size_t size, size_t count, void *ctx) {
    struct str *left = ctx;
    size_t len = MIN_OF(left->len, size * count);
    memcpy(out, left->at, len);
    *left = (struct str){left->at + len, left->len - len};
    return len;
}

static bool smtp_send(CURL *curl, const struct mail *mail, struct str bytes, struct curl_slist *to,
                      struct err *err) {
    char from[300], why[CURL_ERROR_SIZE] = "";
    (void)snprintf(from, sizeof from, "<%.*s>", STR_ARG(mail->from));
    bool ok = lib.curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from) == CURLE_OK &&
              lib.curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to) == CURLE_OK &&
              lib.curl_easy_setopt(curl, CURLOPT_READFUNCTION, smtp_read) == CURLE_OK &&
              lib.curl_easy_setopt(curl, CURLOPT_READDATA, &bytes) == CURLE_OK &&
              lib.curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
              lib.curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S) == CURLE_OK &&
              lib.curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TOTAL_S) == CURLE_OK &&
              lib.curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
              lib.curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why) == CURLE_OK;
    if (!ok)
        return err_set(err, ERR_INTERNAL, err_nowhere, "could not set up a message");
    CURLcode result = lib.curl_easy_perform(curl);
    if (result != CURLE_OK) /* curl's text names hosts and status codes, not addresses */
        return err_set(err, ERR_IO, err_nowhere, "could not send message %" PRIu64 ": %s", mail->id,
                       why[0] != '\0' ? why : lib.curl_easy_strerror(result));
    return true;
}

bool mail_to_smtp(const char *url, const struct mail *mail, struct err *err) {
    static const char demanded[] = "smtp+tls://";
    char plain_url[1024], to_text[300];
    bool tls = strncmp(url, demanded, sizeof demanded - 1) == 0;
    (void)snprintf(plain_url, sizeof plain_url, "%s%s", tls ? "smtp://" : "",
                   tls ? url + sizeof demanded - 1 : url);
    (void)snprintf(to_text, sizeof to_text, "<%.*s>", STR_ARG(mail->to));
    struct buf bytes;
    buf_init(&bytes, MAIL_BYTES_MAX);
    bool ok = mail_format(&bytes, mail, err);
    CURL *curl = ok ? lib.curl_easy_init() : NULL;
    struct curl_slist *to = curl == NULL ? NULL : lib.curl_slist_append(NULL, to_text);
    if (ok && to == NULL)
        ok = err_set(err, ERR_BUSY, err_nowhere, "there is no memory to send a message");
    if (ok && (lib.curl_easy_setopt(curl, CURLOPT_URL, plain_url) != CURLE_OK ||
               lib.curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps") != CURLE_OK ||
               lib.curl_easy_setopt(curl, CURLOPT_USE_SSL,
                                    (long)(tls ? CURLUSESSL_ALL : CURLUSESSL_TRY)) != CURLE_OK))
        ok = err_set(err, ERR_INVALID, err_nowhere, "the mail server's address cannot be used");
    ok = ok && smtp_send(curl, mail, buf_view(&bytes), to, err);
    lib.curl_slist_free_all(to);
    lib.curl_easy_cleanup(curl);
    buf_done(&bytes);
    return ok;
}
