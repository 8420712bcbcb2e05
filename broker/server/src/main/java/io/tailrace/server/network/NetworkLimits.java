package io.tailrace.server.network;

/**
 * The limits of one connection.
 *
 * @param requestBytesMax largest request frame, without its size prefix ({@code socket.request.max.bytes})
 * @param controlRequestBytesMax largest frame of any request but Produce: those are decoded into objects, which take many times
 *     the frame's bytes
 * @param inFlightMax unanswered requests of a connection, beyond which no more are read ({@code queued.max.requests})
 * @param unwrittenBytesMax bytes of answers that the peer has not taken, beyond which the connection writes no further answers
 *     and reads no further requests
 * @param requestMsMax how long a started request may take to arrive, in addition to the time that its bytes take at
 *     {@link PeerPace#BYTES_PER_SECOND_MIN} ({@code socket.request.timeout.ms})
 * @param idleMsMax a connection without traffic for this long is closed ({@code connections.max.idle.ms})
 */
public record NetworkLimits(
        int requestBytesMax,
        int controlRequestBytesMax,
        int inFlightMax,
        long unwrittenBytesMax,
        long requestMsMax,
        long idleMsMax) {
    public NetworkLimits {
        if (requestBytesMax <= 0
                || controlRequestBytesMax <= 0
                || inFlightMax <= 0
                || unwrittenBytesMax <= 0
                || requestMsMax <= 0
                || idleMsMax <= 0) {
            throw new IllegalArgumentException(
                    "limits must be positive: " + requestBytesMax + ", " + controlRequestBytesMax + ", " + inFlightMax
                            + ", " + unwrittenBytesMax + ", " + requestMsMax + ", " + idleMsMax);
        }
    }
}
