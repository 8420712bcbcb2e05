package io.tailrace.agent.parse;

import org.jspecify.annotations.Nullable;

/**
 * A value of a log format.
 *
 * @param column the column for it; {@link Column#FIELD} if it has none
 * @param rank which value gets the column if several could: the one with the lowest rank, and of these the first
 * @param name its name in {@code fields}, if the record has it there
 * @param shape what the value may look like where the server does not quote it
 * @param time how to read it as a time; null if it is none
 */
record LogValue(
        Column column,
        int rank,
        String name,
        Shape shape,
        @Nullable TimeFormat time) {

    private static final int FORWARDED_RANK = 9;

    /** The columns of an access log, in the order of the schema behind the event time. */
    enum Column {
        CLIENT_ADDRESS,
        IDENT,
        USER,
        METHOD,
        PATH,
        PROTOCOL,
        STATUS,
        RESPONSE_BYTES,
        REFERRER,
        USER_AGENT,
        /** The whole request line, which has method, path and protocol. */
        REQUEST_LINE,
        TIME,
        FIELD,
        /** None: the value is not kept, as another one of the same name is. */
        NONE
    }

    /** What an unquoted value may contain. */
    enum Shape {
        /** No spaces. */
        WORD,
        /** No spaces; the colons of IPv6. */
        ADDRESS,
        /** What its format has. */
        TIME,
        /** Words separated by {@code ", "} or {@code " : "}, as nginx writes them if it asked several servers. */
        LIST,
        /** Spaces, too; begins with a slash. */
        PATH,
        /** Spaces, too. */
        TEXT,
        /** {@link #TEXT} if the format leaves no doubt where the value ends, else {@link #WORD}. */
        UNKNOWN
    }

    static LogValue of(Column column, int rank, String name) {
        return new LogValue(column, rank, name, Shape.WORD, null);
    }

    /** The client in a header of a proxy. It is the client only in a format that has no other. */
    static LogValue forwardedClient(String name, Shape shape) {
        return new LogValue(Column.CLIENT_ADDRESS, FORWARDED_RANK, name, shape, null);
    }

    boolean isForwarded() {
        return rank == FORWARDED_RANK;
    }

    static LogValue field(String name, Shape shape) {
        return new LogValue(Column.FIELD, 0, name, shape, null);
    }

    static LogValue time(String name, TimeFormat time) {
        return new LogValue(Column.TIME, 0, name, Shape.TIME, time);
    }

    LogValue withShape(Shape other) {
        return new LogValue(column, rank, name, other, time);
    }

    LogValue asField() {
        return new LogValue(Column.FIELD, 0, name, shape, time);
    }

    LogValue ignored() {
        return new LogValue(Column.NONE, 0, name, shape, time);
    }
}
