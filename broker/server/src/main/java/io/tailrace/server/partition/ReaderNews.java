package io.tailrace.server.partition;

/** The calls that the readers of a partition have yet to get. */
record ReaderNews(Call consumers, Call followers) {

    /** How to call a reader, from the weakest call to the strongest. */
    enum Call {
        NONE,
        /** {@link ReadWaiter#noteOffsets}. */
        NOTE_OFFSETS,
        /** {@link ReadWaiter#wake}. */
        WAKE;

        private Call and(Call other) {
            return compareTo(other) < 0 ? other : this;
        }

        void make(Iterable<ReadWaiter> readers) {
            switch (this) {
                case NONE -> {}
                case NOTE_OFFSETS -> readers.forEach(ReadWaiter::noteOffsets);
                case WAKE -> readers.forEach(ReadWaiter::wake);
            }
        }
    }

    static final ReaderNews NONE = new ReaderNews(Call.NONE, Call.NONE);

    /** Consumers can read more. Followers learn the offset with their next answer. */
    static final ReaderNews HIGH_WATERMARK = new ReaderNews(Call.WAKE, Call.NOTE_OFFSETS);

    /** Followers can read more. */
    static final ReaderNews LOG_END = new ReaderNews(Call.NONE, Call.WAKE);

    static final ReaderNews LOG_START = new ReaderNews(Call.NOTE_OFFSETS, Call.NOTE_OFFSETS);

    static final ReaderNews ROLE = new ReaderNews(Call.WAKE, Call.WAKE);

    /** A follower's fetch that was not counted may count now, or one that was counted may not. */
    static final ReaderNews LEADERS_VIEW = new ReaderNews(Call.NONE, Call.WAKE);

    /** A follower that is no longer in sync does not serve consumers. */
    static final ReaderNews FOLLOWERS_VIEW = new ReaderNews(Call.WAKE, Call.NONE);

    ReaderNews and(ReaderNews other) {
        return equals(NONE) ? other : new ReaderNews(consumers.and(other.consumers), followers.and(other.followers));
    }
}
