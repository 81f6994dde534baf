namespace AgentSystem.TelemetryStore.Otlp;

/// <summary>Which of OTLP's values an <see cref="AnyValue"/> is.</summary>
public enum AnyValueKind : byte
{
    /// <summary>No value.</summary>
    Empty,
    /// <summary>Text.</summary>
    Text,
    /// <summary>True or false.</summary>
    Bool,
    /// <summary>A 64-bit integer.</summary>
    Whole,
    /// <summary>A 64-bit floating point number.</summary>
    Number,
    /// <summary>Bytes.</summary>
    Bytes,
    /// <summary>A list of values.</summary>
    Array,
    /// <summary>Values by name.</summary>
    Map,
}

/// <summary>OTLP's <c>AnyValue</c>.</summary>
public readonly struct AnyValue
{
    private readonly object? _reference;
    private readonly long _bits;

    private AnyValue(AnyValueKind kind, object? reference, long bits) => (Kind, _reference, _bits) = (kind, reference, bits);

    /// <summary>Which of the values it is.</summary>
    public AnyValueKind Kind { get; }

    /// <summary>The text of a <see cref="AnyValueKind.Text"/>.</summary>
    public string Text => (string)_reference!;

    /// <summary>The value of a <see cref="AnyValueKind.Bool"/>.</summary>
    public bool Bool => _bits != 0;

    /// <summary>The value of an <see cref="AnyValueKind.Whole"/>.</summary>
    public long Whole => _bits;

    /// <summary>The value of a <see cref="AnyValueKind.Number"/>.</summary>
    public double Number => BitConverter.Int64BitsToDouble(_bits);

    /// <summary>The value of a <see cref="AnyValueKind.Bytes"/>.</summary>
    public byte[] Bytes => (byte[])_reference!;

    /// <summary>The values of an <see cref="AnyValueKind.Array"/>.</summary>
    public AnyValue[] Items => (AnyValue[])_reference!;

    /// <summary>The entries of a <see cref="AnyValueKind.Map"/>.</summary>
    public KeyValue[] Entries => (KeyValue[])_reference!;

    /// <summary>A text.</summary>
    public static AnyValue Of(string text) => new(AnyValueKind.Text, text, 0);

    /// <summary>A truth value.</summary>
    public static AnyValue Of(bool value) => new(AnyValueKind.Bool, null, value ? 1 : 0);

    /// <summary>An integer.</summary>
    public static AnyValue Of(long value) => new(AnyValueKind.Whole, null, value);

    /// <summary>A floating point number.</summary>
    public static AnyValue Of(double value) => new(AnyValueKind.Number, null, BitConverter.DoubleToInt64Bits(value));

    /// <summary>Bytes.</summary>
    public static AnyValue Of(byte[] value) => new(AnyValueKind.Bytes, value, 0);

    /// <summary>A list.</summary>
    public static AnyValue Of(AnyValue[] items) => new(AnyValueKind.Array, items, 0);

    /// <summary>A map.</summary>
    public static AnyValue Of(KeyValue[] entries) => new(AnyValueKind.Map, entries, 0);

    /// <summary>The value as text, as the OpenTelemetry collector writes it: both Jaeger and Loki compare and show that.</summary>
    public override string ToString() => Kind == AnyValueKind.Text ? Text : AnyValueText.Of(this);
}

/// <summary>An attribute.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">Its value.</param>
public readonly record struct KeyValue(string Key, AnyValue Value);
