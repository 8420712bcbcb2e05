package io.tailrace.loader.task.columns;

import java.util.List;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Resolver;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.parquet.io.api.RecordConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks values of one writer's schema and writes them as rows. Used by one thread.
 *
 * <p>{@link #time}, {@link #host} and {@link #write} are about the value that was checked last.
 */
public final class ColumnPlan {
    private static final int NONE = -1;

    private final Field[] fields;
    private final int timeStep;
    private final int hostStep;
    private final RowColumns rowColumns;
    private final int rowColumnsIndex;
    private final AvroBytes in = new AvroBytes();
    private byte[] bytes = new byte[0];
    private int from;
    private int to;
    private int timePosition;
    private @Nullable Value timeValue;
    private int hostPosition;

    /**
     * The schemas of a plan.
     *
     * @param writer the values' schema
     * @param reader the events' schema
     * @param row the rows' schema: a column for each field of the reader's record, by position, or one for any other reader's
     *     schema; then {@link RowColumns}
     */
    public record Schemas(Schema writer, Schema reader, Schema row) {
        /** Number of columns that the event has. */
        public static int eventColumns(Schema reader) {
            return reader.getType() == Schema.Type.RECORD ? reader.getFields().size() : 1;
        }
    }

    /**
     * Fields of the reader's record that are also needed for themselves, by position; -1 for none.
     *
     * @param time a field of type long, or null and long
     * @param host a field of type string, or null and string
     */
    public record Marked(int time, int host) {}

    /** Writes the columns that are not the event's. */
    @FunctionalInterface
    public interface RowColumns {
        /** Writes the columns; {@code index} is that of the first one. */
        void write(int index, long offset, RecordConsumer out);
    }

    private ColumnPlan(ColumnCompiler.Steps steps, int eventColumns, Marked marked, RowColumns rowColumns) {
        this.fields = steps.fields().toArray(Field[]::new);
        this.timeStep = marked.time() == NONE ? NONE : steps.columns().indexOf(marked.time());
        this.hostStep = marked.host() == NONE ? NONE : steps.columns().indexOf(marked.host());
        this.rowColumns = rowColumns;
        this.rowColumnsIndex = eventColumns;
    }

    /** Makes a plan; empty if the schemas have something that is left to Avro's reader. */
    public static Optional<ColumnPlan> of(Schemas schemas, Marked marked, RowColumns rowColumns) {
        try {
            Resolver.Action action = Resolver.resolve(
                    Schema.applyAliases(schemas.writer(), schemas.reader()), schemas.reader(), GenericData.get());
            ColumnCompiler compiler = new ColumnCompiler();
            ColumnCompiler.Steps steps;
            if (schemas.reader().getType() != Schema.Type.RECORD) {
                Schema.Field column = schemas.row().getFields().get(0);
                steps = new ColumnCompiler.Steps(
                        List.of(compiler.field(action, column.schema(), column.name(), 0)), List.of(0));
            } else if (action instanceof Resolver.RecordAdjust record) {
                steps = compiler.fields(record, schemas.row());
            } else {
                return Optional.empty();
            }
            return Optional.of(new ColumnPlan(steps, Schemas.eventColumns(schemas.reader()), marked, rowColumns));
        } catch (UnsupportedOperationException | AvroRuntimeException | StackOverflowError e) {
            return Optional.empty();
        }
    }

    /**
     * Checks a value.
     *
     * @return whether it is sound; false also if Avro's reader has to decide that
     */
    public boolean check(byte[] array, int valueFrom, int valueTo) {
        accept(array, valueFrom, valueTo);
        in.set(array, valueFrom, valueTo);
        try {
            for (int i = 0; i < fields.length; i++) {
                if (i == timeStep) {
                    timePosition = in.position;
                }
                if (i == hostStep) {
                    hostPosition = in.position;
                }
                fields[i].check(in);
            }
            return in.isEnd();
        } catch (UncheckedValueException e) {
            return false;
        }
    }

    /** Takes a value that a plan of the same schemas has checked before. Only {@link #write} may follow. */
    public void accept(byte[] array, int valueFrom, int valueTo) {
        bytes = array;
        from = valueFrom;
        to = valueTo;
    }

    /** Whether the value has the marked time. {@link #time} returns it if this is called first. */
    public boolean hasTime() {
        timeValue = seek(timeStep, timePosition);
        return timeValue != null;
    }

    /** The marked time. */
    public long time() {
        return timeValue == Value.LONG ? in.readLong() : in.readInt();
    }

    /** Gives the marked host's bytes to a sink, none if the value has no host. */
    public void host(HostSink sink) {
        if (seek(hostStep, hostPosition) != null) {
            int length = in.readLength();
            sink.accept(in.bytes, in.position, length);
        }
    }

    private @Nullable Value seek(int step, int position) {
        if (step == NONE) {
            return null;
        }
        in.set(bytes, position, to);
        return fields[step].seek(in);
    }

    /** Takes bytes of a host's name. */
    @FunctionalInterface
    public interface HostSink {
        void accept(byte[] bytes, int from, int length);
    }

    /** Writes the value that was checked last as a row. */
    public void write(long offset, RecordConsumer out) {
        in.set(bytes, from, to);
        out.startMessage();
        for (Field field : fields) {
            field.write(in, out);
        }
        rowColumns.write(rowColumnsIndex, offset, out);
        out.endMessage();
    }
}
