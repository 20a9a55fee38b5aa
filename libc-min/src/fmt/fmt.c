/* Text from a format: parse one conversion, make its digits, put it with its padding. */
#include <stdio.h>

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct out {
    char *to;
    size_t room; /* bytes of `to`, the NUL included */
    size_t length;
};

/* One conversion, between '%' and its letter. */
struct spec {
    bool left, zero, plus, space, alternate;
    int width;
    int precision; /* < 0: none was given */
    int longs;     /* l: 1, ll and z: 2 */
};

enum { DIGITS_MAX = 24 };

static void put(struct out *o, char c)
{
    if (o->length + 1 < o->room)
        o->to[o->length] = c;
    o->length++;
}

static void put_many(struct out *o, char c, int count)
{
    for (int i = 0; i < count; i++)
        put(o, c);
}

static void put_text(struct out *o, const char *s, size_t length)
{
    for (size_t i = 0; i < length; i++)
        put(o, s[i]);
}

static void put_string(struct out *o, const struct spec *f, const char *s)
{
    size_t length;
    int padding;

    if (s == NULL) /* glibc shows it whole or not at all */
        s = f->precision < 0 || f->precision >= 6 ? "(null)" : "";
    length = f->precision < 0 ? strlen(s) : strnlen(s, (size_t)f->precision);
    padding = length < (size_t)f->width ? f->width - (int)length : 0;
    if (!f->left)
        put_many(o, ' ', padding);
    put_text(o, s, length);
    if (f->left)
        put_many(o, ' ', padding);
}

/* A number: prefix (a sign or 0x), zeros, digits. */
static void put_number(struct out *o, const struct spec *f, const char *prefix,
                       const char *digits)
{
    int length = (int)strlen(digits), before = (int)strlen(prefix);
    int zeros = f->precision > length ? f->precision - length : 0;
    int padding = f->width - length - before - zeros;

    if (padding < 0)
        padding = 0;
    if (f->zero && !f->left && f->precision < 0) {
        zeros = padding;
        padding = 0;
    }
    if (!f->left)
        put_many(o, ' ', padding);
    put_text(o, prefix, (size_t)before);
    put_many(o, '0', zeros);
    put_text(o, digits, (size_t)length);
    if (f->left)
        put_many(o, ' ', padding);
}

/* The digits of value, from the end of `room` backwards; none for 0 with precision 0. */
static const char *digits_of(uint64_t value, unsigned base, bool upper, int precision,
                             char room[DIGITS_MAX])
{
    const char *alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char *at = room + DIGITS_MAX - 1;

    *at = '\0';
    if (value == 0 && precision != 0)
        *--at = '0';
    for (; value != 0; value /= base)
        *--at = alphabet[value % base];
    return at;
}

static void put_signed(struct out *o, const struct spec *f, int64_t value)
{
    char room[DIGITS_MAX];
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    const char *sign = value < 0 ? "-" : f->plus ? "+" : f->space ? " " : "";

    put_number(o, f, sign, digits_of(magnitude, 10, false, f->precision, room));
}

static void put_unsigned(struct out *o, const struct spec *f, uint64_t value, char letter)
{
    char room[DIGITS_MAX];
    bool hex = letter != 'u', upper = letter == 'X';
    const char *prefix = hex && f->alternate && value != 0 ? (upper ? "0X" : "0x") : "";

    put_number(o, f, prefix, digits_of(value, hex ? 16 : 10, upper, f->precision, room));
}

static void put_pointer(struct out *o, const struct spec *f, const void *p)
{
    struct spec whole = *f;

    if (p == NULL) {
        whole.precision = -1;
        put_string(o, &whole, "(nil)");
    } else {
        whole.alternate = true;
        put_unsigned(o, &whole, (uintptr_t)p, 'x');
    }
}

static const char *parse_flags(const char *s, struct spec *f)
{
    for (;; s++) {
        if (*s == '-')
            f->left = true;
        else if (*s == '0')
            f->zero = true;
        else if (*s == '+')
            f->plus = true;
        else if (*s == ' ')
            f->space = true;
        else if (*s == '#')
            f->alternate = true;
        else
            return s;
    }
}

/* A number that is too large for any text is as good as any other one. */
static const char *parse_number(const char *s, int *value)
{
    for (*value = 0; *s >= '0' && *s <= '9'; s++)
        if (*value < INT_MAX / 10 - 1)
            *value = *value * 10 + (*s - '0');
    return s;
}

static const char *parse_longs(const char *s, struct spec *f)
{
    if (*s == 'z') {
        f->longs = 2;
        return s + 1;
    }
    for (; *s == 'l' && f->longs < 2; s++)
        f->longs++;
    return s;
}

static const char *parse_width(const char *s, struct spec *f, va_list *args)
{
    if (*s != '*')
        return parse_number(s, &f->width);
    f->width = va_arg(*args, int);
    if (f->width < 0) {
        f->left = true;
        f->width = f->width == INT_MIN ? INT_MAX : -f->width;
    }
    return s + 1;
}

static const char *parse_precision(const char *s, struct spec *f, va_list *args)
{
    f->precision = -1;
    if (*s != '.')
        return s;
    s++;
    if (*s != '*')
        return parse_number(s, &f->precision);
    f->precision = va_arg(*args, int);
    return s + 1;
}

/* Puts the conversion of one letter. Returns: whether the letter is one of ours. */
static bool convert(struct out *o, const struct spec *f, char letter, va_list *args)
{
    switch (letter) {
    case 'd':
    case 'i':
        put_signed(o, f, f->longs > 0 ? va_arg(*args, int64_t) : va_arg(*args, int));
        return true;
    case 'u':
    case 'x':
    case 'X':
        put_unsigned(o, f, f->longs > 0 ? va_arg(*args, uint64_t) : va_arg(*args, unsigned),
                     letter);
        return true;
    case 's':
        put_string(o, f, va_arg(*args, const char *));
        return true;
    case 'p':
        put_pointer(o, f, va_arg(*args, const void *));
        return true;
    case 'c':
        put_many(o, ' ', f->left ? 0 : f->width - 1);
        put(o, (char)va_arg(*args, int));
        put_many(o, ' ', f->left ? f->width - 1 : 0);
        return true;
    case '%':
        put(o, '%');
        return true;
    default:
        return false;
    }
}

static void format_all(struct out *o, const char *s, va_list *args)
{
    while (*s != '\0') {
        struct spec f = { 0 };
        const char *from = s;

        if (*s++ != '%') {
            put(o, *from);
            continue;
        }
        s = parse_flags(s, &f);
        s = parse_width(s, &f, args);
        s = parse_precision(s, &f, args);
        s = parse_longs(s, &f);
        if (*s != '\0' && convert(o, &f, *s, args))
            s++;
        else
            put_text(o, from, (size_t)(s - from));
    }
}

int vsnprintf(char *restrict to, size_t bytes, const char *restrict format, va_list args)
{
    struct out o = { to, bytes, 0 };
    va_list own;

    va_copy(own, args);
    format_all(&o, format, &own);
    va_end(own);
    if (bytes > 0)
        to[o.length < bytes ? o.length : bytes - 1] = '\0';
    return o.length <= INT_MAX ? (int)o.length : -1;
}

int snprintf(char *restrict to, size_t bytes, const char *restrict format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(to, bytes, format, args);
    va_end(args);
    return length;
}
