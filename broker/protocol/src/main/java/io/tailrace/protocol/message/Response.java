package io.tailrace.protocol.message;

/** What a broker answers. */
public non-sealed interface Response extends Message {}
