#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct out {
    char *to;
    size_t room, length;
};

struct spec {
    bool left, zero, alternate;
    unsigned width, size; /* size: 4 or 8 bytes */
    size_t precision;     /* of a string: SIZE_MAX if none */
};

static void put(struct out *o, char c)
{
    if (o->length + 1 < o->room)
        o->to[o->length] = c;
    o->length++;
}

static void pad(struct out *o, char c, size_t used, size_t width)
{
    for (; used < width; used++)
        put(o, c);
}

/* prefix, zeros if asked for, digits; or the same text with spaces around it. */
static void put_text(struct out *o, const struct spec *s, const char *prefix, const char *text,
                     size_t length)
{
    size_t used = strlen(prefix) + length;

    if (!s->left && !s->zero)
        pad(o, ' ', used, s->width);
    for (; *prefix != '\0'; prefix++)
        put(o, *prefix);
    if (!s->left && s->zero)
        pad(o, '0', used, s->width);
    for (size_t i = 0; i < length; i++)
        put(o, text[i]);
    if (s->left)
        pad(o, ' ', used, s->width);
}

static void put_number(struct out *o, const struct spec *s, uint64_t value, unsigned base,
                       bool upper, const char *prefix)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char text[20];
    size_t at = sizeof text;

    do {
        text[--at] = digits[value % base];
        value /= base;
    } while (value != 0);
    put_text(o, s, prefix, text + at, sizeof text - at);
}

static void put_signed(struct out *o, const struct spec *s, int64_t value)
{
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    put_number(o, s, magnitude, 10, false, value < 0 ? "-" : "");
}

static const char *parse_flags(const char *f, struct spec *s)
{
    for (;; f++) {
        if (*f == '-')
            s->left = true;
        else if (*f == '0')
            s->zero = true;
        else if (*f == '#')
            s->alternate = true;
        else
            return f;
    }
}

static const char *parse_digits(const char *f, size_t *n)
{
    *n = 0;
    for (; *f >= '0' && *f <= '9'; f++)
        *n = *n * 10 + (size_t)(*f - '0');
    return f;
}

static const char *parse_spec(const char *f, struct spec *s)
{
    size_t width;

    *s = (struct spec){ .size = 4, .precision = SIZE_MAX };
    f = parse_flags(f, s);
    f = parse_digits(f, &width);
    s->width = (unsigned)width;
    if (*f == '.')
        f = parse_digits(f + 1, &s->precision);
    for (; *f == 'l' || *f == 'z'; f++)
        s->size = 8;
    return f;
}

/* va_list by pointer, so that what is taken here is taken for the caller too. */
struct args {
    va_list list;
};

static uint64_t take_unsigned(struct args *a, const struct spec *s)
{
    return s->size == 8 ? va_arg(a->list, uint64_t) : va_arg(a->list, unsigned);
}

static int64_t take_signed(struct args *a, const struct spec *s)
{
    return s->size == 8 ? va_arg(a->list, int64_t) : va_arg(a->list, int);
}

static void put_string(struct out *o, struct spec *s, const char *text)
{
    s->zero = false;
    if (text == NULL)
        text = "(null)";
    put_text(o, s, "", text, strnlen(text, s->precision));
}

static void put_hex(struct out *o, const struct spec *s, uint64_t value, bool upper)
{
    const char *prefix = s->alternate && value != 0 ? (upper ? "0X" : "0x") : "";

    put_number(o, s, value, 16, upper, prefix);
}

/* Returns false for a conversion that is none. */
static bool convert(struct out *o, struct spec *s, char kind, struct args *a)
{
    char c;

    switch (kind) {
    case 'c':
        c = (char)va_arg(a->list, int);
        s->zero = false;
        put_text(o, s, "", &c, 1);
        return true;
    case 's':
        put_string(o, s, va_arg(a->list, const char *));
        return true;
    case 'd':
    case 'i':
        put_signed(o, s, take_signed(a, s));
        return true;
    case 'u':
        put_number(o, s, take_unsigned(a, s), 10, false, "");
        return true;
    case 'x':
    case 'X':
        put_hex(o, s, take_unsigned(a, s), kind == 'X');
        return true;
    case 'p':
        put_number(o, s, (uintptr_t)va_arg(a->list, void *), 16, false, "0x");
        return true;
    case '%':
        put(o, '%');
        return true;
    default:
        return false;
    }
}

int vsnprintf(char *to, size_t room, const char *format, va_list list)
{
    struct out o = { to, room, 0 };
    struct args a;

    va_copy(a.list, list);
    while (*format != '\0') {
        const char *start = format;
        struct spec s;

        if (*format != '%') {
            put(&o, *format++);
            continue;
        }
        format = parse_spec(format + 1, &s);
        if (*format != '\0' && convert(&o, &s, *format, &a)) {
            format++;
        } else {
            put(&o, '%');
            format = start + 1;
        }
    }
    va_end(a.list);
    if (room > 0)
        to[o.length < room ? o.length : room - 1] = '\0';
    return (int)o.length;
}
