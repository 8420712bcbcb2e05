package io.tailrace.protocol.message;

/** A message from a broker to a client. */
public non-sealed interface Response extends Message {}
