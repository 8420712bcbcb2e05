package io.tailrace.loader.table;

import java.io.IOException;

/** The catalog cannot be reached, or did not answer. It said nothing about the table: the same call may succeed later. */
public final class CatalogUnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    public CatalogUnavailableException(String message) {
        super(message);
    }

    public CatalogUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
