# नियम ने क्या दिया, या क्यों नहीं दिया: एक पंक्ति, जिसे ख़ज़ांची ज़ोर से बोल सके।
# Why a rule gave something, or did not: one line that a cashier can say aloud. The keys, and the words in braces, are those
# of locales/en/core.ftl. A message that is missing here is said in English.

# How numbers are written: digits in groups of 3, then 2 (1,23,456.00).
number-groups = 3 2
number-separator = ,

own-price = सदस्य का दाम
percent-off-goods = { $goods } पर { $off } % की छूट
percent-off-any-goods = { $off } % की छूट
amount-off-unit = { $goods } की हर इकाई पर छूट
amount-off-any-unit = हर इकाई पर छूट
cheapest-free = { $every } लीजिए, { $paid } के दाम दीजिए: { $units } मुफ़्त
cheapest-reduced = हर { $every } में सबसे सस्ते पर { $off } % की छूट: { $units } पर मिली
percent-off-basket = बिल पर { $off } % की छूट
card-percent = कार्ड पर { $off } % की छूट
holder-percent = { $membership } के साथ { $off } % की छूट
birthday-percent = जन्मदिन पर { $off } % की छूट
amount-off-basket = बिल पर छूट
earned = { $points_count ->
    [one] { $points } { $purse } मिला
   *[other] { $points } { $purse } मिले
}
membership-begins = { $membership } अगली ख़रीद से लागू होगा
needs-goods = { $goods }: { $needs } चाहिए, टोकरी में { $has } है
needs-any-goods = { $needs } चीज़ें चाहिए, टोकरी में { $has } है
needs-total = { $needs } की ख़रीद चाहिए, टोकरी में { $has } है
needs-member = कार्ड चाहिए
needs-stranger = केवल बिना कार्ड के
needs-group = { $group } होने का मान्य प्रमाण चाहिए
needs-membership = { $membership } चाहिए
has-membership = { $membership } पहले से है
not-birthday = केवल जन्मदिन पर
not-now = इस समय नहीं
not-here = इस दुकान पर नहीं
only-full-price = केवल उन चीज़ों पर जिनका दाम पहले से कम नहीं है
only-reduced = केवल उन चीज़ों पर जिनका दाम पहले से कम है
nothing-left = इसके लिए टोकरी में कुछ नहीं बचा
no-earning = { $shown ->
    [typed] हाथ से लिखे नंबर पर कुछ नहीं मिलता: कार्ड या पास स्कैन कीजिए
    [card] छपे हुए कार्ड पर कुछ नहीं मिलता
    [pass] जिस पास की नक़ल हो सकती है, उस पर कुछ नहीं मिलता: उसे फ़ोन पर खोलिए
   *[phone] फ़ोन के पास पर कुछ नहीं मिलता
}
no-member-prices = { $shown ->
    [typed] हाथ से लिखे नंबर पर नहीं: कार्ड या पास स्कैन कीजिए
    [card] छपे हुए कार्ड पर नहीं
    [pass] जिस पास की नक़ल हो सकती है, उस पर नहीं: उसे फ़ोन पर खोलिए
   *[phone] फ़ोन के पास पर नहीं
}
other-is-better = { $program } में ज़्यादा फ़ायदा है
too-little-to-earn = { $per } से कम पर कुछ नहीं मिलता
for-stamps = { $stamps } मुहरों पर { $units } मुफ़्त
issued = आपके लिए { $quantity } { $reward }
donated = { $amount } { $charity } को जाते हैं, आपसे कुछ लिए बिना
draw-is-due = एक ड्रॉ: जीतने की संभावना { $chance } %
multiplied = { $purse } का { $percent } %
earned-for-other = { $points } { $purse } दूसरे खाते में
says = { $text }
needs-approval = किसी की मंज़ूरी चाहिए
needs-tier = केवल { $tier } के लिए
does-not-reach = { $tier } तक पहुँचाने वाली ख़रीद पर मिलता है
needs-organisation = केवल संस्था के लिए
needs-consent = { $consent } की सहमति चाहिए
needs-interest = केवल उन सदस्यों के लिए जिन्हें { $interest } पसंद है
not-brought = केवल उन सदस्यों के लिए जिन्हें कोई दोस्त लाया हो
needs-agent = बेचने वाले का नाम चाहिए
needs-spent = { $needs } की ख़रीद चाहिए, अब तक { $has } हुई
needs-bought = { $needs } ख़रीदना चाहिए, अब तक { $has } ख़रीदा
needs-earned = { $needs } { $purse } चाहिए, अब तक { $has } मिले
past-it = यह चरण पीछे छूट गया है
needs-stamps = { $more } और { $purse }, फिर एक मुफ़्त
needs-stamps-of = { $more } और { $goods }, फिर एक मुफ़्त
limit-reached = सीमा पूरी हुई, अभी इससे ज़्यादा नहीं
unknown-code = कोड { $code } यहाँ मान्य नहीं है
needs-code = कोड चाहिए
code-used = कोड { $code } इस्तेमाल हो चुका है
not-dealt = दफ़्तर ने इस काउंटर को इसका हिस्सा नहीं दिया है
given-away = सब बँट चुका है
more-of-for-free = { $more } और { $goods }, फिर एक मुफ़्त
more-for-free = { $more } और, फिर एक मुफ़्त
needs-amount-of = { $goods } { $needs } की चाहिए, टोकरी में { $has } की है
has-goods = { $goods } के साथ नहीं
units-free = { $goods }: { $units } मुफ़्त
any-units-free = { $units } मुफ़्त
units-percent = { $units } पर { $off } % की छूट
units-reduced = { $units } पर छूट
groups-reduced-once = { $pieces } एक साथ कम दाम में
groups-reduced = { $pieces } एक साथ कम दाम में, { $groups } बार
fixed-price = ख़ास दाम
fixed-price-of = { $goods } का ख़ास दाम
basket-price = पूरी टोकरी का एक दाम
put-on = { $amount } { $purse } में जमा हुए
needs-units = { $more } और { $purse } चाहिए
needs-entitlement = { $reward } चाहिए, जो पास नहीं है
membership-sold = { $membership } अब से लागू है
gift-unknown = उपहार { $goods } यहाँ दर्ज नहीं है
nearly-free = { $more } और { $goods }, फिर एक मुफ़्त
nearly-any-free = कोई भी { $more } और, फिर एक मुफ़्त
nearly-saves = { $more } और { $goods } लेने पर { $saves } की बचत
nearly-any-saves = कोई भी { $more } और लेने पर { $saves } की बचत
nearly-goods = { $more } और { $goods }
nearly-any-goods = कोई भी { $more } और
nearly-money = { $more } और
nearly-money-saves = { $more } और लेने पर { $saves } की बचत

# ग्राहक पॉइंट अपनी इच्छा के अनुसार क्यों ख़र्च नहीं कर सकता।
wish-no-member = { $purse } केवल वही सदस्य ख़र्च कर सकता है जो यहाँ दर्ज है
wish-cannot-pay = { $purse } से भुगतान नहीं होता
wish-not-enough = { $wished } { $purse } माँगे गए, { $has } हैं
wish-not-so = { $shown ->
    [typed] हाथ से लिखे नंबर पर { $purse } ख़र्च नहीं होते: कार्ड या पास स्कैन कीजिए
    [card] छपे हुए कार्ड से { $purse } ख़र्च नहीं होते
    [pass] जिस पास की नक़ल हो सकती है, उससे { $purse } ख़र्च नहीं होते
   *[phone] इस पास से अभी { $purse } ख़र्च नहीं होते
}
wish-above-limit = { $shown ->
    [typed] हाथ से लिखे नंबर पर { $limit } तक: ज़्यादा के लिए फ़ोन का अपना कोड, पिन या पर्यवेक्षक चाहिए
    [card] छपे हुए कार्ड पर { $limit } तक: ज़्यादा के लिए फ़ोन का अपना कोड, पिन या पर्यवेक्षक चाहिए
   *[pass] जिस पास की नक़ल हो सकती है, उस पर { $limit } तक: ज़्यादा के लिए फ़ोन का अपना कोड, पिन या पर्यवेक्षक चाहिए
}

# सूची का इनाम क्यों नहीं दिया जाता।
redeem-unknown = { $reward } किसी योजना में नहीं है
redeem-not-for-points = { $reward } पॉइंट से नहीं मिलता: उसकी योजना ही उसे देती है
redeem-needs-approval = { $reward } के लिए किसी की मंज़ूरी चाहिए
redeem-too-many = { $reward }: एक बार में कम माँगें
redeem-not-dealt = दफ़्तर ने इस काउंटर को { $reward } का हिस्सा नहीं दिया है
redeem-out-of-stock = { $reward }: { $left } बचे हैं, { $wanted } माँगे गए
redeem-too-many = { $reward }: एक बार में इससे कम माँगिए
redeem-too-few = { $reward } के लिए { $costs } { $purse } लगते हैं, { $has } हैं

# What is nearly reached, while the basket is open.
nearly-free = { $more } और { $goods }, फिर एक मुफ़्त
nearly-any-free = कुछ भी { $more } और, फिर एक मुफ़्त
nearly-saves = { $more } और { $goods } लेने पर { $saves } की बचत
nearly-any-saves = कुछ भी { $more } और लेने पर { $saves } की बचत
nearly-goods = { $more } और { $goods }
nearly-any-goods = कुछ भी { $more } और
nearly-money = { $more } और
nearly-money-saves = { $more } और ख़र्च करने पर { $saves } की बचत
