package io.tailrace.loader.engine.mapreduce;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDelegatingDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdDelegatingSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.util.StdConverter;
import io.tailrace.loader.plan.OffsetSet;
import io.tailrace.loader.task.TaskResult;
import io.tailrace.loader.task.TaskSpec;
import io.tailrace.schemas.Schemas;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.apache.avro.Schema;
import org.apache.hadoop.fs.Path;

/**
 * The JSON form in which tasks go to containers and results come back: the components of the records, by name.
 *
 * <p>Reading is strict: a missing, unknown, duplicate or mistyped field is an error. There is no version, because a job's
 * containers run the libraries of the loader that submitted it.
 */
final class TaskJson {
    private static final JsonMapper JSON = JsonMapper.builder()
            .visibility(PropertyAccessor.ALL, Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, Visibility.ANY)
            .visibility(PropertyAccessor.CREATOR, Visibility.ANY)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
            .addModule(types())
            .build();
    private static final TypeReference<List<TaskSpec>> SPECS = new TypeReference<>() {};

    private TaskJson() {}

    /**
     * The result of a task.
     *
     * @param number the task's number in its run
     */
    record Numbered(int number, TaskResult result) {}

    /**
     * What a map did.
     *
     * @param results those of its tasks
     */
    record MapResult(List<Numbered> results) {
        MapResult {
            results = List.copyOf(results);
        }
    }

    /**
     * Why an attempt of a map failed.
     *
     * @param attempt its id
     * @param host the machine it ran on
     * @param message what happened
     */
    record Failure(String attempt, String host, String message) {}

    /**
     * The JSON form of an {@link OffsetSet}. It takes at most about a sixth of a byte for each offset, however many are in the set,
     * and much less if they follow each other or are few.
     *
     * @param bits the set's bits, deflated; base64 in JSON
     */
    private record Offsets(long from, ByteBuffer bits) {

        static Offsets of(OffsetSet set) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DeflaterOutputStream deflated = new DeflaterOutputStream(bytes)) {
                deflated.write(set.bits());
            } catch (IOException e) {
                throw new UncheckedIOException("writing to memory failed", e);
            }
            return new Offsets(set.from(), ByteBuffer.wrap(bytes.toByteArray()));
        }

        OffsetSet set() {
            byte[] deflated = new byte[bits.remaining()];
            bits.get(deflated);
            try (InflaterInputStream inflated = new InflaterInputStream(new ByteArrayInputStream(deflated))) {
                return OffsetSet.of(from, inflated.readAllBytes());
            } catch (IOException e) {
                throw new IllegalArgumentException("expected deflated bits: " + e.getMessage(), e);
            }
        }
    }

    /** The types that are no records. */
    private static SimpleModule types() {
        SimpleModule module = new SimpleModule();
        text(module, Path.class, Path::new);
        text(module, Schema.class, Schemas::of);
        module.addSerializer(new StdDelegatingSerializer(OffsetSet.class, new StdConverter<OffsetSet, Offsets>() {
            @Override
            public Offsets convert(OffsetSet set) {
                return Offsets.of(set);
            }
        }));
        module.addDeserializer(OffsetSet.class, new StdDelegatingDeserializer<>(new StdConverter<Offsets, OffsetSet>() {
            @Override
            public OffsetSet convert(Offsets offsets) {
                return offsets.set();
            }
        }));
        return module;
    }

    private static <T> void text(SimpleModule module, Class<T> type, Function<String, T> parse) {
        module.addSerializer(type, ToStringSerializer.instance);
        module.addDeserializer(type, new FromStringDeserializer<T>(type) {
            private static final long serialVersionUID = 1L;

            @Override
            protected T _deserialize(String value, DeserializationContext context) {
                return parse.apply(value);
            }
        });
    }

    static byte[] encode(Object value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + value.getClass().getSimpleName() + " as JSON", e);
        }
    }

    /** @throws IOException if the bytes are no tasks; the message names the field */
    static List<TaskSpec> specs(byte[] json, String source) throws IOException {
        try {
            return JSON.readValue(json, SPECS);
        } catch (JacksonException e) {
            throw unreadable(source, e);
        }
    }

    /** @throws IOException if the bytes are no such value; the message names the field */
    static <T> T decode(byte[] json, Class<T> type, String source) throws IOException {
        try {
            return JSON.readValue(json, type);
        } catch (JacksonException e) {
            throw unreadable(source, e);
        }
    }

    private static IOException unreadable(String source, JacksonException cause) {
        return new IOException("cannot read " + source + ": " + cause.getOriginalMessage(), cause);
    }
}
