package dev.carillon.kv;

import dev.carillon.kv.AtomicWrite.Operator;
import dev.carillon.kv.KvValue.Kind;
import dev.carillon.runtime.JsVisibleException;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * What {@code sum}, {@code min} and {@code max} make of a stored value and an operand.
 *
 * <p>Source: denokv's {@code sqlite/src/backend.rs} and {@code sum_operand.rs}.
 */
public final class KvArithmetic {
    private KvArithmetic() {}

    /**
     * @param stored null if the key has no value
     * @throws JsVisibleException TypeError when the two do not go together
     */
    public static KvValue combine(Operator operator, @Nullable KvValue stored, KvValue operand) {
        if (operator == Operator.SUM && operand.kind() != Kind.U64) {
            return sumOfClones(stored, operand);
        }
        if (operand.kind() != Kind.U64) {
            throw JsVisibleException.typeError(
                    "Failed to perform '" + operator.word() + "' mutation on a non-U64 operand");
        }
        if (stored == null) {
            return operand;
        }
        if (stored.kind() != Kind.U64) {
            throw JsVisibleException.typeError(
                    "Failed to perform '" + operator.word() + "' mutation on a non-U64 value in the database");
        }
        long one = stored.u64();
        long other = operand.u64();
        boolean less = Long.compareUnsigned(one, other) < 0;
        return KvValue.u64(
                switch (operator) {
                    case SUM -> one + other;
                    case MIN -> less ? one : other;
                    case MAX -> less ? other : one;
                });
    }

    private static KvValue sumOfClones(@Nullable KvValue stored, KvValue operand) {
        var right = V8Number.read(operand);
        if (right == null) {
            throw JsVisibleException.typeError("Some of the parameters are not valid V8 values");
        }
        if (stored == null) {
            return operand;
        }
        var left = V8Number.read(stored);
        if (left == null) {
            throw JsVisibleException.typeError("unsupported value type");
        }
        return switch (left) {
            case V8Number.Int(BigInteger one)
            when right instanceof V8Number.Int(BigInteger other) -> V8Number.write(one.add(other));
            case V8Number.Num(double one)
            when right instanceof V8Number.Num(double other) -> V8Number.write(one + other);
            case V8Number.U64(long one)
            when right instanceof V8Number.Int(BigInteger other) && other.signum() >= 0 && other.bitLength() <= 64 ->
                KvValue.u64(one + other.longValue());
            default ->
                throw JsVisibleException.typeError("Cannot sum " + left.typeName() + " with " + right.typeName());
        };
    }
}
