package io.tailrace.protocol.codec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The components of a record, collected for its constructor. Numbers are not boxed. */
record Values(RecordShape shape, long[] numbers, @Nullable Object[] references) {

    /**
     * The values of the nested records being read. Values are reused for the next record of the same type, so that a
     * list allocates nothing but its elements. Not thread-safe; one per message.
     */
    static final class Stack {
        private @Nullable Values[] values = new @Nullable Values[4];
        private int depth;

        /** Begins a record with all components at their defaults. */
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
