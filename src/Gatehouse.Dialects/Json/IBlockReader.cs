namespace Gatehouse.Dialects.Json;

/// <summary>
/// Turns 64 bytes of JSON into bit masks, bit i for byte i. Implemented once per vector width, so that the scanning loops are
/// compiled for each without a branch per block. Callers guarantee that 64 bytes can be read.
/// </summary>
internal interface IBlockReader
{
    /// <summary>Where quotes and backslashes stand.</summary>
    static abstract void Quotes(ref byte block, out ulong quote, out ulong backslash);

    /// <summary>
    /// Brackets: <paramref name="open"/> is <c>{</c> or <c>[</c>, <paramref name="close"/> is <c>}</c> or <c>]</c>, and <paramref name="curly"/> tells the
    /// two kinds apart (it means nothing for other bytes).
    /// </summary>
    static abstract void Brackets(ref byte block, out ulong open, out ulong close, out ulong curly);

    /// <summary>
    /// What matters between strings: <paramref name="mark"/> is a bracket, comma or colon, or one of the two control characters that differ from a comma and a
    /// colon in one bit (0x0C, 0x1A) and may stand nowhere; <paramref name="white"/> is space, tab, line feed or carriage return.
    /// </summary>
    static abstract void Marks(ref byte block, out ulong mark, out ulong white);

    /// <summary>
    /// What matters inside strings: <paramref name="control"/> is a byte below 0x20, and <paramref name="common"/> is one of <c>n t r f / \</c>, which
    /// make a good escape with a backslash in front, as the quote does.
    /// </summary>
    static abstract void Content(ref byte block, out ulong control, out ulong common);

    /// <summary>Bit i of the result is the parity of bits 0..i: between two quotes it is 1.</summary>
    static abstract ulong PrefixXor(ulong bits);

    /// <summary>The most places that <see cref="Put"/> writes over behind its last one.</summary>
    const int Spill = 16;

    /// <summary>Puts down where a mask's bits are set, in order, and may write over up to <see cref="Spill"/> places behind them.</summary>
    /// <param name="bits">The mask.</param>
    /// <param name="at">What bit 0 stands for.</param>
    /// <param name="places">The first place to write to.</param>
    static abstract void Put(ulong bits, int at, ref int places);
}
