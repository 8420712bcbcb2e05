package io.tailrace.client;

/** A producer's id, and the epoch of its current transaction. */
record ProducerEpoch(long producerId, short epoch) {}
