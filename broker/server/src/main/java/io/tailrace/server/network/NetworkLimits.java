package io.tailrace.server.network;

/**
 * What one connection may ask of the broker.
 *
 * @param requestBytesMax largest request frame, without its size prefix ({@code socket.request.max.bytes})
 * @param controlRequestBytesMax largest frame of any request but Produce: those are decoded into objects, which
 *     take many times the frame's bytes
 * @param inFlightMax requests of one connection that may wait for their answer; no more are read then
 * @param unwrittenBytesMax bytes of answers handed to the socket but not yet taken by the peer, beyond which further
 *     answers wait
 * @param idleMsMax a connection on which nothing happened for so long is closed ({@code connections.max.idle.ms})
 */
public record NetworkLimits(
        int requestBytesMax, int controlRequestBytesMax, int inFlightMax, long unwrittenBytesMax, long idleMsMax) {
    public NetworkLimits {
        if (requestBytesMax <= 0
                || controlRequestBytesMax <= 0
                || inFlightMax <= 0
                || unwrittenBytesMax <= 0
                || idleMsMax <= 0) {
            throw new IllegalArgumentException("limits must be positive: " + requestBytesMax + ", "
                    + controlRequestBytesMax + ", " + inFlightMax + ", " + unwrittenBytesMax + ", " + idleMsMax);
        }
    }
}
