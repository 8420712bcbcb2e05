package io.tailrace.schemas;

/**
 * A use of another registered schema. Immutable.
 *
 * @param name the full name of the type that is used, as {@code com.example.Address}
 * @param subject the subject of the used schema
 * @param version its version, from 1
 */
public record SchemaReference(String name, String subject, int version) {
    @Override
    public String toString() {
        return "reference " + name + " (subject " + subject + ", version " + version + ")";
    }
}
