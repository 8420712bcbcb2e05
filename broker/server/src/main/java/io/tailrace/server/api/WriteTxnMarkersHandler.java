package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.message.WriteTxnMarkersRequest;
import io.tailrace.protocol.message.WriteTxnMarkersResponse;
import io.tailrace.server.transaction.MarkerAppends;

/** Writes the markers that end transactions to partitions that this broker leads. */
public final class WriteTxnMarkersHandler implements RequestHandler<WriteTxnMarkersRequest, WriteTxnMarkersResponse> {
    private final MarkerAppends markers;

    public WriteTxnMarkersHandler(MarkerAppends markers) {
        this.markers = markers;
    }

    @Override
    public ApiKey api() {
        return ApiKey.WRITE_TXN_MARKERS;
    }

    @Override
    public void handle(WriteTxnMarkersRequest request, Call<WriteTxnMarkersResponse> call) {
        // A marker is written whether or not the coordinator is still there for the answer.
        markers.write(request, call::answer);
    }
}
