package io.tailrace.protocol.codec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Where the components of a record wait until its constructor is called; numbers stay unboxed. */
record Values(RecordShape shape, long[] numbers, @Nullable Object[] references) {

    /**
     * The values of the records that are being read, one inside the other. A record's values are used again for the next
     * one of its kind, so that a list of records costs no more than its elements. Not thread-safe; one per message.
     */
    static final class Stack {
        private @Nullable Values[] values = new @Nullable Values[4];
        private int depth;

        /** Begins a record, every component at its default. */
        Values enter(RecordShape shape) {
            if (depth == values.length) {
                values = Arrays.copyOf(values, 2 * depth);
            }
            Values last = values[depth];
            if (last != null && last.shape == shape) {
                shape.reset(last);
            } else {
                last = shape.newValues();
                values[depth] = last;
            }
            depth++;
            return last;
        }

        /** Ends the record begun last. */
        void leave() {
            depth--;
        }
    }
}
