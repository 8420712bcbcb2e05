package io.tailrace.agent.parse;

/**
 * A value of a log format.
 *
 * @param column the column for it; {@link Column#FIELD} if it has none
 * @param rank which value gets the column if several could: the one with the lowest rank, and of these the first
 * @param name its name in {@code fields}, if the record has it there
 * @param shape what the value may look like where the server does not quote it
 * @param time how to read it as a time, if it is one
 */
record LogValue(Column column, int rank, String name, Shape shape, LogTime time) {

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
        NONE
    }

    /** What an unquoted value may contain. */
    enum Shape {
        /** No spaces. */
        WORD,
        /** Words separated by {@code ", "} or {@code " : "}, as nginx writes them if it asked several servers. */
        LIST,
        /** Spaces, too. */
        TEXT
    }

    static LogValue of(Column column, int rank, String name) {
        return new LogValue(column, rank, name, Shape.WORD, LogTime.COMMON);
    }

    static LogValue field(String name, Shape shape) {
        return new LogValue(Column.FIELD, 0, name, shape, LogTime.COMMON);
    }

    static LogValue time(String name, LogTime time) {
        return new LogValue(Column.TIME, 0, name, Shape.TEXT, time);
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
