namespace Gatehouse.Dialects.Json;

/// <summary>What a JSON value is. <see cref="None"/> means that there was no value.</summary>
internal enum JsonKind : byte
{
    None,
    Null,
    False,
    True,
    Number,
    String,
    Object,
    Array,
}
