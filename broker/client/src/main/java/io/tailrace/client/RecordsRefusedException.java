package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import java.util.List;

/** A batch that a broker or the producer refused, perhaps because of some of its records; none of the batch is in the log. */
public final class RecordsRefusedException extends ClientException {
    private static final long serialVersionUID = 1L;

    private final List<Integer> indexes;

    /** Creates an exception with an error. */
    public RecordsRefusedException(ErrorCode errorCode, String message, List<Integer> indexes) {
        super(errorCode, message);
        this.indexes = List.copyOf(indexes);
    }

    /** The places in the batch of the records that the broker named, from 0. It may have stopped at the first; empty if it named none. */
    public List<Integer> indexes() {
        return indexes;
    }
}
