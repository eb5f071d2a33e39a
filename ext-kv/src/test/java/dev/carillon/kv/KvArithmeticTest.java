package dev.carillon.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.kv.AtomicWrite.Operator;
import dev.carillon.kv.KvValue.Kind;
import java.math.BigInteger;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KvArithmeticTest {
    private static final KvValue TEXT = clone("ff0f220161");

    @Test
    void an_absent_key_becomes_the_operand() {
        for (var operator : Operator.values()) {
            assertThat(KvArithmetic.combine(operator, null, KvValue.u64(5))).isEqualTo(KvValue.u64(5));
        }
    }

    @Test
    void sums_wrap_and_comparisons_are_unsigned() {
        assertThat(KvArithmetic.combine(Operator.SUM, KvValue.u64(-1), KvValue.u64(2)))
                .isEqualTo(KvValue.u64(1));
        assertThat(KvArithmetic.combine(Operator.MIN, KvValue.u64(-1), KvValue.u64(2)))
                .isEqualTo(KvValue.u64(2));
        assertThat(KvArithmetic.combine(Operator.MAX, KvValue.u64(-1), KvValue.u64(2)))
                .isEqualTo(KvValue.u64(-1));
    }

    @Test
    void what_does_not_go_together_is_refused() {
        refused(
                Operator.SUM,
                TEXT,
                KvValue.u64(1),
                "Failed to perform 'sum' mutation on a non-U64 value in the database");
        refused(
                Operator.MIN,
                clone("ff0f4902"),
                KvValue.u64(1),
                "Failed to perform 'min' mutation on a non-U64 value in the database");
        refused(Operator.MAX, null, clone("ff0f4902"), "Failed to perform 'max' mutation on a non-U64 operand");
        refused(Operator.SUM, null, TEXT, "Some of the parameters are not valid V8 values");
        refused(Operator.SUM, TEXT, clone("ff0f4902"), "unsupported value type");
        refused(Operator.SUM, V8Number.write(BigInteger.ONE), clone("ff0f4902"), "Cannot sum BigInt with Number");
        refused(Operator.SUM, KvValue.u64(1), clone("ff0f4902"), "Cannot sum KvU64 with Number");
    }

    @Test
    void plain_numbers_and_bigints_add_up() {
        assertThat(V8Number.read(KvArithmetic.combine(Operator.SUM, clone("ff0f4902"), V8Number.write(1.5))))
                .isEqualTo(new V8Number.Num(2.5));
        var large = BigInteger.TWO.pow(100);
        assertThat(V8Number.read(
                        KvArithmetic.combine(Operator.SUM, V8Number.write(large), V8Number.write(large.negate()))))
                .isEqualTo(new V8Number.Int(BigInteger.ZERO));
        assertThat(KvArithmetic.combine(Operator.SUM, KvValue.u64(1), V8Number.write(BigInteger.TWO)))
                .isEqualTo(KvValue.u64(3));
        assertThat(V8Number.read(KvArithmetic.combine(Operator.SUM, clone("ff0f4901"), clone("ff0f4901"))))
                .as("zigzag 1 is -1")
                .isEqualTo(new V8Number.Num(-2));
    }

    @Test
    void bytes_that_are_no_number_are_none() {
        for (var hex :
                new String[] {"", "ff", "ff0f", "ff0f49", "ff0f4e00", "ff0f5aff", "ff0f5affffffff0f", "000049"}) {
            assertThat(V8Number.read(clone(hex))).as(hex).isNull();
        }
    }

    private static void refused(Operator operator, @Nullable KvValue stored, KvValue operand, String message) {
        assertThatThrownBy(() -> KvArithmetic.combine(operator, stored, operand))
                .hasMessage(message);
    }

    private static KvValue clone(String hex) {
        return new KvValue(Kind.CLONE, HexFormat.of().parseHex(hex));
    }
}
