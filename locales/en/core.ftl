# Why a rule gave something, or did not: one line that a cashier can say aloud.
# Rates are percentages without a sign; amounts are written out in the currency's decimals. Every number $x comes a second
# time as $x_count, to choose between "1 more" and "2 more"; $purse_one is the purse's name in the singular. A language may
# say with number-groups, number-separator and number-point how it writes numbers (see locales/hi).

own-price = member's price
percent-off-goods = { $off } % off { $goods }
percent-off-any-goods = { $off } % off
amount-off-unit = money off each { $goods }
amount-off-any-unit = money off each
cheapest-free = { $every } for { $paid }: { $units } free
cheapest-reduced = every { $every }: cheapest { $off } % off, { $units } reduced
percent-off-basket = { $off } % off
card-percent = { $off } % card
holder-percent = { $off } % off with { $membership }
birthday-percent = { $off } % birthday
amount-off-basket = off the basket
earned = { $points_count ->
    [one] { $points } { $purse_one } earned
   *[other] { $points } { $purse } earned
}
membership-begins = { $membership } counts from the next purchase
membership-sold = { $membership } counts from now on
needs-goods = needs { $needs } of { $goods }, basket has { $has }
needs-any-goods = needs { $needs } goods, basket has { $has }
needs-total = needs { $needs }, basket has { $has }
needs-member = needs a card
needs-stranger = only without a card
needs-group = needs a valid proof as { $group }
needs-membership = needs { $membership }
has-membership = { $membership } is held already
not-birthday = only on the birthday
not-now = not at this time
not-here = not at this place
only-full-price = only for goods that are not reduced
only-reduced = only for goods that are reduced
nothing-left = nothing in the basket is left for it
no-earning = { $shown ->
    [typed] nothing is earned on a typed number: scan the card or pass
    [card] nothing is earned with a printed card
    [pass] nothing is earned with a pass that can be copied: open it on the phone
   *[phone] nothing is earned with a phone's pass
}
no-member-prices = { $shown ->
    [typed] not on a typed number: scan the card or pass
    [card] not with a printed card
    [pass] not with a pass that can be copied: open it on the phone
   *[phone] not with a phone's pass
}
other-is-better = { $program } gives more
too-little-to-earn = less than { $per } to earn on
for-stamps = { $units } free for { $stamps } stamps
issued = { $quantity } { $reward } for you
donated = { $amount } goes to { $charity }, at no cost to you
draw-is-due = a draw with a chance of { $chance } %
multiplied = { $percent } % of the base of { $purse }
put-on = { $amount } put on { $purse }
earned-for-other = { $points } { $purse } for another account
says = { $text }
needs-approval = somebody must approve it
needs-tier = only for { $tier }
does-not-reach = given with the sale that reaches { $tier }
needs-organisation = only for an organisation
needs-consent = needs the consent { $consent }
needs-interest = only for members who like { $interest }
not-brought = only for members whom a friend brought
needs-agent = needs the name of who sold it
needs-spent = needs { $needs } spent, so far { $has }
needs-bought = needs { $needs } bought, so far { $has }
needs-earned = needs { $needs } { $purse }, so far { $has }
past-it = this step is behind
needs-stamps = { $more_count ->
    [one] { $more } more { $purse_one } for a free one
   *[other] { $more } more { $purse } for a free one
}
needs-stamps-of = { $more } more { $goods } for a free one
limit-reached = the limit is reached, nothing more of it for now
unknown-code = the code { $code } is not known here
needs-code = needs a code
code-used = the code { $code } is used up
needs-units = needs { $more } more of { $purse }
needs-entitlement = needs { $reward }, which is not held
not-dealt = the office has dealt this till no share of it
given-away = all of it is given away
more-of-for-free = { $more } more of { $goods } for a free one
more-for-free = { $more } more for a free one
needs-amount-of = needs { $needs } of { $goods }, basket has { $has }
has-goods = not together with { $goods }
units-free = { $units } of { $goods } free
any-units-free = { $units } free
units-percent = { $units } with { $off } % off
units-reduced = { $units } reduced
groups-reduced-once = { $pieces } together for less
groups-reduced = { $pieces } together for less, { $groups } times
fixed-price = special price
fixed-price-of = special price for { $goods }
basket-price = one price for the basket
gift-unknown = the gift { $goods } is not known here

# What is nearly reached, while the basket is open.
nearly-free = { $more } more { $goods } for a free one
nearly-any-free = { $more } more of anything for a free one
nearly-saves = { $more } more { $goods } saves { $saves }
nearly-any-saves = { $more } more of anything saves { $saves }
nearly-goods = { $more } more { $goods }
nearly-any-goods = { $more } more of anything
nearly-money = { $more } more
nearly-money-saves = { $more } more saves { $saves }

# Why a purse cannot be spent as the customer wished.
wish-no-member = only a member who is known here can spend { $purse }
wish-cannot-pay = { $purse } cannot pay
wish-not-enough = { $wished } of { $purse } asked for, { $has } there
wish-not-so = { $shown ->
    [typed] { $purse } cannot be spent on a typed number: scan the card or pass
    [card] { $purse } cannot be spent with a printed card
    [pass] { $purse } cannot be spent with a pass that can be copied
   *[phone] { $purse } cannot be spent with this pass now
}
wish-above-limit = { $shown ->
    [typed] up to { $limit } on a typed number: more with the phone's own code, a PIN or a supervisor
    [card] up to { $limit } with a printed card: more with the phone's own code, a PIN or a supervisor
   *[pass] up to { $limit } with a pass that can be copied: more with the phone's own code, a PIN or a supervisor
}

# Why something of the catalogue is not given.
redeem-unknown = no program offers { $reward }
redeem-not-for-points = { $reward } cannot be bought with points: its program gives it
redeem-needs-approval = { $reward } needs somebody's approval
redeem-too-many = { $reward }: ask for fewer at once
redeem-not-dealt = the office has dealt this till no share of { $reward }
redeem-out-of-stock = { $left } of { $reward } are left, { $wanted } were asked for
redeem-too-few = { $reward } costs { $costs } { $purse }, { $has } are there
